"""A portal small enough to be installed and upgraded within seconds, by the same scripts; and a systemctl for it.

Its database is a file of lines. A release fails where its file `portal/fault` says: "setup", "doctor", "page".
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.deploy.behind import ROOT, free_ports

COMMANDS = """
import os, pathlib, shutil, signal, sys
home, word = pathlib.Path(os.environ["PORTAL_INSTANCE"]), sys.argv[1]
here = pathlib.Path(__file__).parent
version, fault = (here / "version").read_text(), (here / "fault").read_text()
data = home / "data"
if word == "setup":
    with data.open("a") as file:
        file.write(f"brought to {version}\\n")
    if fault == "kill":
        os.kill(os.getppid(), signal.SIGKILL)
    if fault == "setup":
        sys.exit("the migration fails")
    print("the first link")
elif word == "doctor":
    sys.exit("the fonts are broken" if fault == "doctor" else 0)
elif word == "backup":
    folder = pathlib.Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    print(shutil.copy(data, folder / f"portal-{version}.tar.gz"))
    print("removed an older one\\n" * 2000)
elif word == "restore":
    shutil.copy(sys.argv[-1], data)
elif word == "worker":
    signal.pause()
"""
SERVED = """
import os, pathlib
here = pathlib.Path(__file__).parent / "portal"
version, fault = (here / "version").read_text(), (here / "fault").read_text()
def app(environ, start_response):
    start_response("503 Away" if fault == "page" else "200 OK", [("Content-Type", "text/plain")])
    return [version.encode()]
"""
SETTINGS = """
import os
bind = f"127.0.0.1:{os.environ['PORT']}"
worker_class = "gthread"
control_socket_disable = True
"""
SYSTEMCTL = '''#!{python}
"""Just enough of systemctl: starts what a unit says, with the settings of its walls."""
import os, pathlib, re, signal, subprocess, sys, time
root = pathlib.Path({root!r})
units, running = root / "etc/systemd/system", root / "running"
running.mkdir(exist_ok=True)
with (root / "asked").open("a") as file:
    file.write(" ".join(sys.argv[1:]) + "\\n")
verb, names = sys.argv[1], [word for word in sys.argv[2:] if word.endswith(".service")]

def is_alive(name):
    try:
        os.kill(int((running / name).read_text()), 0)
        return True
    except (OSError, ValueError):
        return False

def start(name):
    said = (units / name).read_text() + (units / "portal-.service.d/walls.conf").read_text()
    env = dict(os.environ)
    for line in re.findall("^Environment=(.*)$", said, re.M):
        env.update(pair.split("=", 1) for pair in line.split())
    settings = pathlib.Path(re.search("^EnvironmentFile=(.*)$", said, re.M)[1]).read_text()
    env.update(line.split("=", 1) for line in settings.splitlines() if re.match("[A-Z_]+=", line))
    command = re.search("^ExecStart=(.*)$", said, re.M)[1].split()
    folder = re.search("^WorkingDirectory=(.*)$", said, re.M)[1]
    log = (root / f"{{name}}.log").open("ab")
    process = subprocess.Popen(
        command, cwd=folder, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
    )
    (running / name).write_text(str(process.pid))

def stop(name):
    if is_alive(name):
        os.killpg(int((running / name).read_text()), signal.SIGKILL)
    (running / name).unlink(missing_ok=True)

if verb == "is-active":
    sys.exit(0 if all(map(is_alive, names)) else 3)
for name in names:
    if verb in ("stop", "restart", "disable"):
        stop(name)
    if verb in ("start", "restart", "enable") and not is_alive(name):
        start(name)
'''


@dataclass(frozen=True)
class Server:
    """A folder that stands for a server, and the folder of the code that is to be installed on it."""

    root: Path
    code: Path
    port: int

    def release(self, version: str, fault: str = "", *, layout: str = "1") -> None:
        """Another release in the code's folder; `layout` stands for its migrations."""
        portal = self.code / "portal"
        (portal / "version").write_text(version)
        (portal / "fault").write_text(fault)
        (portal / "db/migrations/versions/0001.py").write_text(f"layout = {layout}\n")
        (self.code / "pyproject.toml").write_text(f'version = "{version}"\n')

    def run(self, script: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A script of `.ci` as make runs it, but without root and without systemd."""
        env = os.environ | {
            "ROOT": str(self.root), "SYSTEMCTL": str(self.root / "systemctl"), "PYTHON": sys.executable,
            "PORTAL_USER": _me(), "READY_SECONDS": "20", "PROXY": "none",
        }  # fmt: skip
        return subprocess.run(
            [self.code / ".ci" / script, *words],
            env=env | more,
            capture_output=True,
            text=True,
            check=False,
        )

    def install(self, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run(
            "install.sh", **{"DOMAIN": "portal.example.com", "PORT": str(self.port)} | more
        )

    def served(self) -> str:
        """The version that answers; "" when nobody does."""
        asked = ["curl", "-s", "-m", "5", f"http://127.0.0.1:{self.port}/"]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout

    @property
    def data(self) -> Path:
        return self.root / "var/lib/portal/data"

    def start(self) -> None:
        self._services("start")

    def stop(self) -> None:
        self._services("stop")

    def _services(self, verb: str) -> None:
        services = ("portal-web.service", "portal-worker.service")
        subprocess.run([self.root / "systemctl", verb, *services], check=True)


def a_server(folder: Path) -> Server:
    """Nothing installed yet; version 1.0 waits in the code's folder."""
    root, code = folder / "root", folder / "code"
    for each in (root, code / "portal/db/migrations/versions", code / "templates", code / "static"):
        each.mkdir(parents=True)
    shutil.copytree(ROOT / ".ci", code / ".ci")
    shutil.copytree(
        ROOT / "portal/deploy", code / "portal/deploy", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("setup.cfg", "README.md", "CHANGELOG.md", "LICENSE"):
        (code / name).write_text("")
    shutil.copy(ROOT / "requirements.txt", code)
    (code / "portal/__init__.py").write_text("")
    (code / "portal/__main__.py").write_text(COMMANDS)
    (code / "portal/gunicorn_conf.py").write_text(SETTINGS)
    (code / "wsgi.py").write_text(SERVED)
    (root / "systemctl").write_text(SYSTEMCTL.format(python=sys.executable, root=str(root)))
    (root / "systemctl").chmod(0o755)
    _lend_packages(root, code)
    server = Server(root, code, free_ports(1)[0])
    server.release("1.0")
    return server


def _lend_packages(root: Path, code: Path) -> None:
    """The packages of this very environment, at the place where the scripts look for those of the lock."""
    told = subprocess.run([sys.executable, "-VV"], capture_output=True, check=True).stdout
    mark = sha256(told + (code / "requirements.txt").read_bytes()).hexdigest()[:10]
    place = root / "opt/portal/python" / mark
    place.mkdir(parents=True)
    for name in ("bin", "lib", "pyvenv.cfg"):
        (place / name).symlink_to(Path(sys.prefix) / name)
    (place / ".whole").touch()


def _me() -> str:
    return subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
