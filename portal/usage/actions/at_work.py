"""Which file is being worked on right now, and how far: a small locked file beside the kept ones.

While a file is applied its rows are one open transaction, and SQLite has no room for a second writer: progress
cannot be a row. The lock ends with its process, however it ends, so that nobody has to guess whether a worker lives.
On PostgreSQL, where other servers must see it too, the lock is the database's (db/in_hand.py).
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from portal.db import in_hand

FOLDER = "at_work"
LOOKS, MOMENT = 5, 0.02  # seconds
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
    if (engine := in_hand.common()) is not None:
        with in_hand.holding(engine, _name(instance, piece)) as told:
            yield told
        return
    path = _path(instance, piece)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as stream:
        if not _taken(stream):
            yield None
            return

        def tell(done: int, total: int | None) -> None:
            stream.seek(0)
            stream.truncate()
            stream.write(f"{done} {total or 0}\n")
            stream.flush()

        tell(0, None)
        yield tell


def _taken(stream: IO[str]) -> bool:
    """The lock is ours; who only looks at it (`is_held`) has it for a moment, so one refusal is none."""
    for _look in range(LOOKS):
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(MOMENT)
        else:
            return True
    return False


def is_held(instance: Path, piece: int | str) -> bool:
    """Whether a living process works on the piece."""
    if (engine := in_hand.common()) is not None:
        return in_hand.how_far(engine, _name(instance, piece)) is not None
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
    if (engine := in_hand.common()) is not None:
        return HowFar(*(in_hand.how_far(engine, _name(instance, piece)) or (0, 0)))
    path = _path(instance, piece)
    words = path.read_text().split() if path.exists() else []
    return HowFar(int(words[0]), int(words[1])) if len(words) == 2 else HowFar()


def _name(instance: Path, piece: int | str) -> str:
    """What is called the same on every server, wherever it keeps its folders."""
    return f"{instance.name} {piece}" if instance.parent.name == "press" else str(piece)


def _path(instance: Path, piece: int | str) -> Path:
    return instance / FOLDER / str(piece)
