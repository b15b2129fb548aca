"""Facts to PDF: draws the page here, has it printed by the press's own process, returns the bytes.

Web workers, jobs and commands all print through this; none of them imports WeasyPrint. The press is
started by whoever needs it first, or beforehand by `start` in the web server's `when_ready` hook, and
is shared through a Unix socket that only this user may open.
"""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from portal.documents import page
from portal.documents.press import typefaces, wire
from portal.documents.rules.firm import Firm
from portal.documents.rules.words import PaperLanguage
from portal.kernel.errors import PortalError
from portal.kernel.text import Text, t

PRESS = Path(__file__).with_name("press")
FONTS = page.ROOT / "static" / "fonts"
START_SECONDS = 20.0
START_AGAIN_SECONDS = 3.0
IDLE_SECONDS = 180
LONGEST_SOCKET_PATH = 100
Tell = Callable[[int], None]
"""Hears the number of each page as it is laid out."""


class Printable(Protocol):
    """What every paper's facts have: the firm whose look it wears."""

    @property
    def firm(self) -> Firm: ...


class PressError(PortalError):
    """The paper could not be made; nothing about the record has changed."""

    status = 503
    code = "press"


class PressBusy(PressError):
    """More papers are waiting than the press takes, or this one took too long."""

    code = "press_busy"


class PressFailed(PressError):
    """The press refused this paper or died over it; `reason` is for the log."""

    code = "press_failed"

    def __init__(self, text: Text, reason: str) -> None:
        super().__init__(text)
        self.reason = reason


class PrintedPaper(bytes):
    """A PDF's bytes; `pages` says how many pages it has."""

    pages: int = 0


class Press:
    """The caller's side of the press: where its socket is, how long to wait.

    folder: for the socket, the font configuration and its cache; made if missing.
    seconds: longest wait for one document, queueing included.
    """

    def __init__(self, folder: Path, *, seconds: float = 60, workers: int = 2) -> None:
        self.folder = folder.resolve()
        self.seconds = seconds
        self.workers = workers
        self.socket_path = _socket_path(self.folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._next_start = 0.0

    def print(
        self, html: str, css: str, pictures: dict[str, bytes], tell: Tell | None = None
    ) -> PrintedPaper:
        """The page as PDF. Raises PressBusy or PressFailed."""
        deadline = time.monotonic() + self.seconds
        blobs = [html.encode(), css.encode(), *pictures.values()]
        for last_try in (False, True):
            try:
                return self._ask({"pictures": list(pictures)}, blobs, deadline, tell)
            except TimeoutError as error:
                raise PressBusy(
                    t("Too many papers are being printed. Please try again.")
                ) from error
            except (wire.Broken, OSError) as error:
                if last_try:
                    raise _failed(str(error)) from error
        raise AssertionError("unreachable")

    def start(self, *, for_parent: bool = False) -> None:
        """Start the press's process; one that finds another at work leaves at once.

        for_parent: it lives as long as this very process (a web server's parent); otherwise it goes
        its own way and ends after three idle minutes.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        fonts = typefaces.configure(FONTS, self.folder)
        command = [
            sys.executable, "-m", PRESS.name, "--socket", str(self.socket_path),
            "--css", str(page.TEMPLATES / page.SHEET), "--workers", str(self.workers),
            "--seconds", str(max(1, int(self.seconds))),
            *(("--starter", str(os.getpid())) if for_parent else ("--idle-seconds", str(IDLE_SECONDS))),
        ]  # fmt: skip
        with (self.folder / "press.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own program, our own arguments
                command, cwd=PRESS.parent, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**_environment(), "FONTCONFIG_FILE": str(fonts)}, start_new_session=not for_parent,
            )  # fmt: skip
        self._next_start = time.monotonic() + START_AGAIN_SECONDS
        if for_parent:
            self._process = process
        else:
            process.wait(START_SECONDS)

    def stop(self) -> None:
        """End the press at this socket, if there is one; for tests and measurements."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            try:
                connection.connect(str(self.socket_path))
            except (FileNotFoundError, ConnectionRefusedError):
                return
            wire.send(connection, {"stop": True})

    def _ask(
        self, header: dict[str, Any], blobs: list[bytes], deadline: float, tell: Tell | None
    ) -> PrintedPaper:
        with self._connect(deadline) as connection:
            connection.settimeout(max(0.1, deadline - time.monotonic()))
            wire.send(connection, {**header, "tells": tell is not None}, blobs)
            answer, papers = wire.receive(connection)
            while tell is not None and "page" in answer:
                tell(answer["page"])
                connection.settimeout(max(0.1, deadline - time.monotonic()))
                answer, papers = wire.receive(connection)
        if not answer["ok"]:
            raise _failed(answer["reason"])
        paper = PrintedPaper(papers[0])
        paper.pages = answer["pages"]
        return paper

    def _connect(self, deadline: float) -> socket.socket:
        """A connection to the press, which is started when nobody answers.

        TimeoutError when its queue stays full, Broken when it does not start.
        """
        latest = time.monotonic() + START_SECONDS
        while True:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(max(0.1, deadline - time.monotonic()))
            try:
                connection.connect(str(self.socket_path))
                return connection
            except BlockingIOError:  # as many callers wait as may wait
                connection.close()
                if time.monotonic() > deadline:
                    raise TimeoutError from None
            except (FileNotFoundError, ConnectionRefusedError):
                connection.close()
                if time.monotonic() > min(deadline, latest):
                    raise wire.Broken("the press did not start; see its press.log") from None
                if time.monotonic() >= self._next_start:
                    self.start()
            time.sleep(0.05)


_chosen: list[Press] = []


def configure(folder: Path) -> Press:
    """Say once, when the application is made, in which folder its press lives."""
    _chosen[:] = [Press(folder)]
    return _chosen[0]


def press() -> Press:
    """The press in use: the configured one, else one in the instance folder."""
    if _chosen:
        return _chosen[0]
    return configure(Path(os.environ.get("PORTAL_INSTANCE", page.ROOT / "instance")) / "press")


def render(
    template: str, facts: Printable, language: PaperLanguage, tell: Tell | None = None
) -> PrintedPaper:
    """The paper as PDF/A: tagged, searchable, its fonts embedded as subsets.

    template: a name in templates/documents. The same facts give the same bytes. `tell` hears each page.
    Raises PressBusy when it takes too long, PressFailed when it cannot be made.
    """
    html = page.draw(template, facts, language, address="asset:{}".format)
    firm = facts.firm
    pictures = {"logo": firm.logo, "seal": firm.seal}
    return press().print(
        html,
        page.stylesheet(firm.colours, template),
        {name: picture.content for name, picture in pictures.items() if picture},
        tell,
    )


def _failed(reason: str) -> PressFailed:
    return PressFailed(t("This paper could not be printed just now. Please try again."), reason)


def _environment() -> dict[str, str]:
    """The little that the press needs: no secrets of the portal go there."""
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ
    }
    return {**kept, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


def _socket_path(folder: Path) -> Path:
    """In the folder, or in the system's for temporary files where that path is too long.

    The name holds a fingerprint of the press's code, so that an upgraded portal starts its own.
    """
    code = hashlib.sha256(str(folder).encode())
    for source in sorted(PRESS.glob("*.*")):
        code.update(source.read_bytes())
    path = folder / f"press-{code.hexdigest()[:12]}.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    private = Path(tempfile.gettempdir()) / f"portal-press-{os.getuid()}"
    private.mkdir(mode=0o700, exist_ok=True)
    return private / path.name
