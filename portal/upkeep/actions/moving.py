"""An installation on SQLite moved to PostgreSQL: the database carried over whole, the papers left where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from portal.db import carrying, dumps
from portal.db.audit import verified
from portal.documents.archive import archive

Tell = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """What arrived: rows of each table; `broken`: the first entry of the history that does not fit, as before;
    `lacking`: papers that a record names and the archive has not, as before."""

    tables: dict[str, carrying.Sum]
    entries: int
    broken: int | None
    lacking: int

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(each.rows for each in self.tables.values())


def move(source: Path, target: Engine, tell: Tell) -> Moved:
    """Carry `source` into `target`, the database of the application in whose context this runs.

    All of it or nothing; every value is read back and compared. Raises CannotCarry.
    """
    carrying.check_target(target, carrying.layout_of(source))
    total, done = sum(carrying.rows_of(source).values()), 0

    def arrived(rows: int) -> None:
        nonlocal done
        done += rows
        tell(done, total)

    tables = carrying.carry(source, target, arrived)
    chain = verified()
    address = target.url.render_as_string(hide_password=False)
    lacking = dumps.named_files(address) - set(archive().names())
    return Moved(tables, chain.count, chain.broken, len(lacking))
