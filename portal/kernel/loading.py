"""What a process loads stays to its end, so it is not looked through for garbage: not while it grows, nor later."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No collection while modules and tables are loaded: it finds nothing there, and takes a quarter of the start."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def keep() -> None:
    """Leave what is there out of every later collection.

    For whoever owns the process, once all is loaded. Forked processes share it then, and the interpreter's end, which
    collects twice over, takes a fifth of a second instead of two.
    """
    gc.freeze()
