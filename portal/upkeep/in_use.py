"""Whether an instance is being served: whoever serves it holds a shared lock, whoever replaces it needs it alone."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

_held: list[TextIOWrapper] = []


class InUse(RuntimeError):
    """The portal or its worker is running on this instance: stop it first."""


def hold(instance: Path) -> None:
    """Hold it until this process, and what was forked from it, ends. Raises InUse while it is being replaced."""
    file = _lock_file(instance)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise InUse("a backup is being restored into this instance") from None
    _held.append(file)


@contextmanager
def alone(instance: Path) -> Iterator[None]:
    """Nobody serves it meanwhile. Raises InUse."""
    with _lock_file(instance) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse("the portal or its worker is running: stop it first") from None
        yield


def _lock_file(instance: Path) -> TextIOWrapper:
    instance.mkdir(parents=True, exist_ok=True)
    return (instance / "in-use").open("a", encoding="ascii")
