"""Work that must be done by one transaction at a time, whatever runs beside it."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import func, select

from portal.db.base import db
from portal.db.engine import write_from_here


class Turn(IntEnum):
    """What is waited for; arbitrary numbers that no other advisory lock of ours uses."""

    MONEY = 7_401_002  # receipts, allocations, credit standings
    CLASSIFICATION = 7_401_014  # putting the classification of a month in line
    DIGEST = 7_401_013  # the management's letter of a week


def take_turn(turn: Turn) -> None:
    """Wait until nobody else is at it; ours until the transaction ends. On SQLite writers are alone anyway."""
    write_from_here(db.session())
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(int(turn))))
