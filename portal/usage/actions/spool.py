"""Rows of a long file, laid by on disk in pieces, so that memory does not grow with the file."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from tempfile import TemporaryFile
from typing import Any
from weakref import finalize

PIECE = 2_000
GROUPED_PIECE = 5_000


class Spool:
    """Rows written once and read piece by piece as often as needed; gone with the process, however it ends."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as the spool
        finalize(self, self._file.close)
        self._starts: list[int] = []
        self.count = 0
        rest = iter(rows)
        while some := list(islice(rest, PIECE)):
            self._starts.append(self._write(some))
            self.count += len(some)

    def pieces(self) -> Iterator[list[Any]]:
        """The rows in their order, some thousand at a time."""
        yield from map(self._read, self._starts)

    def grouped(self, key: Callable[[Any], int]) -> Iterator[list[Any]]:
        """The rows by rising `key`, those of one key in their order; a key is never divided among pieces."""
        number_of = self._numbered(key)
        parts: dict[int, list[int]] = {}
        for piece in self.pieces():
            divided: dict[int, list[Any]] = {}
            for row in piece:
                divided.setdefault(number_of[key(row)], []).append(row)
            for number, some in divided.items():
                parts.setdefault(number, []).append(self._write(some))
        for number in sorted(parts):
            rows = [row for start in parts[number] for row in self._read(start)]
            yield sorted(rows, key=key)

    def _numbered(self, key: Callable[[Any], int]) -> dict[int, int]:
        """Key → the number of the piece that its rows go to, each piece some thousand rows."""
        counts = Counter(key(row) for piece in self.pieces() for row in piece)
        numbers, before = {}, 0
        for each in sorted(counts):
            numbers[each] = before // GROUPED_PIECE
            before += counts[each]
        return numbers

    def _write(self, rows: list[Any]) -> int:
        start = self._file.seek(0, 2)
        pickle.dump(rows, self._file, pickle.HIGHEST_PROTOCOL)
        return start

    def _read(self, start: int) -> list[Any]:
        self._file.seek(start)
        return pickle.load(self._file)  # noqa: S301 - our own file, which has no name
