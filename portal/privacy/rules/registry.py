"""Every table and every text column of the portal, by what it says about people.

A new text column that is declared nowhere fails tests/rules/test_personal_columns.py: whoever adds one says here
whose it is and what an erasure does with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portal.privacy.rules import held_money, held_people, held_trade
from portal.privacy.rules.held_money import APART, HOUSE, NEVER
from portal.privacy.rules.holding import Held

HELD: Mapping[str, Held] = {**held_people.HELD, **held_trade.HELD, **held_money.HELD}


def undeclared(table: str, columns: Iterable[str]) -> list[str]:
    """The text columns of a table of which nobody has said whether they are personal."""
    if table in HOUSE or table in APART:
        return []
    held = HELD.get(table, Held())
    if held.gone and not held.ways():
        return []
    return [column for column in columns if column not in held.ways() and column not in NEVER]
