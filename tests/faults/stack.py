"""The web server, the press and the worker as systemd runs them: killed at will and started again at once.

The units say Restart=always and KillMode=mixed: what is left of a service whose first process died is killed, then it
is started anew. The pauses before that (2 and 5 seconds) are shorter here.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

import psutil

from tests.bench.load import ROOT, free_port, memory_mb
from tests.faults import moving

WEB = ("-m", "gunicorn", "--config", "portal/gunicorn_conf.py", "wsgi:app")
WORKER = ("-m", "portal", "worker")
START_SECONDS = 240.0


class Stack:
    """The processes of one installation."""

    def __init__(self, instance: Path, environment: Mapping[str, str]) -> None:
        self.port = free_port()
        self.instance = instance
        self.environment = {
            **os.environ, "PORTAL_INSTANCE": str(instance), "PORTAL_WORKER": "0", "LOG_LEVEL": "warning",
            "PORT": str(self.port), "PORTAL_BASE_URL": f"http://127.0.0.1:{self.port}", **environment,
        }  # fmt: skip
        self.web = self.worker = None  # type: subprocess.Popen[bytes] | None
        # Only pages are impatient: what the worker notes late it would do twice.
        self.of_worker = {
            name: value for name, value in self.environment.items() if name != moving.IMPATIENT
        }
        self._log = (instance / "stack.log").open("ab")

    def start(self) -> None:
        """Both services; returns when pages are answered."""
        self.start_web()
        self.start_worker()
        self.wait()

    def start_web(self) -> None:
        """gunicorn with its workers and the press."""
        self.web = self._run(WEB, self.environment)

    def start_worker(self) -> None:
        """`portal worker`."""
        self.worker = self._run(WORKER, self.of_worker)

    def _run(
        self, words: tuple[str, ...], environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *words], cwd=ROOT, env=environment,
            stdout=self._log, stderr=self._log,
        )  # fmt: skip

    def wait(self) -> float:
        """Seconds until a page is answered. RuntimeError when none comes."""
        began = time.monotonic()
        while time.monotonic() - began < START_SECONDS:
            if self.answers():
                return time.monotonic() - began
            self.revive()
            time.sleep(0.05)
        raise RuntimeError(f"the server does not answer; see {self._log.name}")

    def answers(self) -> bool:
        """Whether a page is answered."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with suppress(OSError, http.client.HTTPException), closing(line):
            line.request("GET", "/login")
            return line.getresponse().status == 200
        return False

    def revive(self) -> None:
        """Start again what has ended, as systemd would."""
        if self.web is not None and self.web.poll() is not None:
            self._bury()
            self.start_web()
        if self.worker is not None and self.worker.poll() is not None:
            self.start_worker()

    def victims(self, kind: str) -> list[psutil.Process]:
        """The processes of a kind that live now: web master, web worker, press, portal worker."""
        if kind == "web master":
            return [psutil.Process(self.web.pid)] if self.web else []
        if kind == "portal worker":
            return [psutil.Process(self.worker.pid)] if self.worker else []
        presses = self._presses()
        if kind == "press":
            return presses
        known = {each.pid for each in presses}
        children = psutil.Process(self.web.pid).children() if self.web else []
        return [each for each in children if each.pid not in known]

    def kill(self, victim: psutil.Process) -> None:
        """SIGKILL; a service whose first process it was is started again."""
        with suppress(psutil.NoSuchProcess):
            victim.send_signal(signal.SIGKILL)
        for first in (self.web, self.worker):
            if first is not None and first.pid == victim.pid:
                first.wait()
        self.revive()

    def memory(self) -> float:
        """PSS of everything in MB."""
        firsts = [psutil.Process(each.pid) for each in (self.web, self.worker) if each]
        counted = {each.pid for first in firsts for each in first.children(recursive=True)}
        astray = [each for each in self._presses() if each.pid not in counted]
        return sum(memory_mb(each) for each in firsts) + sum(map(memory_mb, astray))

    def stop(self) -> None:
        """End everything, gently."""
        for each in (self.worker, self.web):
            if each is not None:
                each.terminate()
                with suppress(subprocess.TimeoutExpired):
                    each.wait(40)
                each.kill()
        self.web = self.worker = None
        self._bury()
        self._log.close()

    def _bury(self) -> None:
        """Kill what a dead web server left behind."""
        port = f"PORT={self.port}"
        left = self._presses()
        for each in psutil.process_iter(["cmdline"]):
            if "portal/gunicorn_conf.py" in (each.info["cmdline"] or ()):
                with suppress(psutil.Error):
                    environment = each.environ()
                    if f"PORT={environment.get('PORT')}" == port and each.pid != os.getpid():
                        left.append(each)
        for each in left:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs(left, 10)

    def _presses(self) -> list[psutil.Process]:
        """The press and its workers: those that were started for this instance's socket."""
        folder = str(self.instance / "press")
        found = []
        for each in psutil.process_iter(["cmdline"]):
            words = each.info["cmdline"] or []
            if "press" in words and "--socket" in words:
                with suppress(psutil.Error):
                    if each.environ().get("FONTCONFIG_FILE", "").startswith(folder):
                        found.append(each)
        return found
