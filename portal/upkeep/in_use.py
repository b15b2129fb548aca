"""Whether an instance is being served: whoever serves it holds a shared lock, whoever replaces it needs it alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class InUse(RuntimeError):
    """The portal or its worker is running on this instance: stop it first."""


def hold(instance: Path) -> None:
    """Hold it until this process, and what was forked from it, ends. Raises InUse while it is being replaced."""
    _locked(instance, fcntl.LOCK_SH, "a backup is being restored into this instance")


@contextmanager
def alone(instance: Path) -> Iterator[None]:
    """Nobody serves it meanwhile. Raises InUse."""
    lock = _locked(instance, fcntl.LOCK_EX, "the portal or its worker is running: stop it first")
    try:
        yield
    finally:
        os.close(lock)


def _locked(instance: Path, how: int, otherwise: str) -> int:
    """The open lock; it is held as long as a process has it open."""
    instance.mkdir(parents=True, exist_ok=True)
    lock = os.open(instance / "in-use", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise InUse(otherwise) from None
    return lock
