"""One test over many files: quick to collect, and it names each file that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def each_of(paths: Iterable[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Make a test of `check` that asks it of every path and tells what was wrong where."""
    every = list(paths)

    def made(check: Callable[[Path], None]) -> Callable[[], None]:
        def checked() -> None:
            assert every
            wrong = {}
            for path in every:
                try:
                    check(path)
                except AssertionError as error:
                    wrong[str(path.relative_to(ROOT))] = str(error)
            assert not wrong, wrong

        checked.__name__ = check.__name__
        return checked

    return made
