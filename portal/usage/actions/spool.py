"""Rows of a long file, laid by on disk in pieces, so that memory does not grow with the file."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from itertools import islice
from tempfile import TemporaryFile
from typing import Any
from weakref import finalize

PIECE = 2_000


class Spool:
    """Rows written once and read piece by piece as often as needed; gone with the process, however it ends."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as the spool
        finalize(self, self._file.close)
        self._starts: list[int] = []
        self.count = 0
        rest = iter(rows)
        while some := list(islice(rest, PIECE)):
            self._starts.append(self._file.tell())
            pickle.dump(some, self._file, pickle.HIGHEST_PROTOCOL)
            self.count += len(some)

    def pieces(self) -> Iterator[list[Any]]:
        """The rows in their order, some thousand at a time."""
        for start in self._starts:
            self._file.seek(start)
            yield pickle.load(self._file)  # noqa: S301 - our own file, which has no name
