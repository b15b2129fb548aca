"""Pages while papers are printed: `python -m tests.bench beside`.

Budget (DESIGN 7): the plain page's p99 at most twice what it is without PDFs. The press prints in a process of its own,
one paper after the other, while clients ask for the plain page.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.documents import page
from portal.documents.render import Press
from portal.documents.rules.words import PaperLanguage
from tests.bench.load import Measured, ask, served, signed_in
from tests.documents import samples

CLIENTS = 4


class Printing:
    """One paper after the other from a press, until told to end."""

    def __init__(self, press: Press) -> None:
        self._press, self._end, self.papers = press, threading.Event(), 0
        firm = samples.firm()
        assert firm.logo and firm.seal
        self._pictures = {"logo": firm.logo.content, "seal": firm.seal.content}
        self._css = page.stylesheet(firm.colours)
        self._html = page.draw(
            "quotation.html", samples.g1(), PaperLanguage.ZH, address="asset:{}".format
        )

    def one(self) -> None:
        """Print the paper once."""
        self._press.print(self._html, self._css, self._pictures)
        self.papers += 1

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Print without a pause inside."""

        def print_on() -> None:
            while not self._end.is_set():
                self.one()

        thread = threading.Thread(target=print_on)
        thread.start()
        try:
            yield
        finally:
            self._end.set()
            thread.join()


def main(arguments: list[str]) -> None:
    """Serve, ask alone, ask beside the press, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench beside")
    parser.add_argument("--seconds", type=float, default=10.0)
    seconds = parser.parse_args(arguments).seconds
    with tempfile.TemporaryDirectory() as folder:
        press = Press(Path(folder), workers=1)
        printing = Printing(press)
        printing.one()
        with served("tests.bench.plain_app:app", {}) as (port, _process, _start):
            cookie = signed_in(port)
            alone = ask(port, "alone", "/", cookie, clients=CLIENTS, seconds=seconds)
            with printing.going_on():
                beside = ask(port, "beside PDFs", "/", cookie, clients=CLIENTS, seconds=seconds)
        press.stop()
    for each in (alone, beside):
        _tell(each)
    print(
        f"{printing.papers - 1} papers; p99 {beside.point(99) / alone.point(99):.2f} × that alone"
    )


def _tell(found: Measured) -> None:
    print(
        f"plain page {found.name:14}{found.rate:7.0f}/s  p50 {found.point(50):6.1f} ms"
        f"  p95 {found.point(95):6.1f}  p99 {found.point(99):6.1f}"
    )
