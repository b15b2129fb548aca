"""Which file is being worked on right now, and how far: a small locked file beside the kept ones.

While a file is applied its rows are one open transaction, and SQLite has no room for a second writer: progress
cannot be a row. The lock ends with its process, however it ends, so that nobody has to guess whether a worker lives.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FOLDER = "at_work"
Tell = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class HowFar:
    """Rows done of all rows; `total` 0 while nobody knows."""

    done: int = 0
    total: int = 0


@contextmanager
def holding(instance: Path, piece: int | str) -> Iterator[Tell | None]:
    """Work on a batch (by its id) or anything else (by a name): gives the way to tell progress.

    None when another process has it.
    """
    path = _path(instance, piece)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return

        def tell(done: int, total: int | None) -> None:
            stream.seek(0)
            stream.truncate()
            stream.write(f"{done} {total or 0}\n")
            stream.flush()

        tell(0, None)
        yield tell


def is_held(instance: Path, piece: int | str) -> bool:
    """Whether a living process works on the piece."""
    path = _path(instance, piece)
    if not path.exists():
        return False
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def how_far(instance: Path, piece: int | str) -> HowFar:
    """What the worker last told."""
    path = _path(instance, piece)
    words = path.read_text().split() if path.exists() else []
    return HowFar(int(words[0]), int(words[1])) if len(words) == 2 else HowFar()


def _path(instance: Path, piece: int | str) -> Path:
    return instance / FOLDER / str(piece)
