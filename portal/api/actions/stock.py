"""Movements of stock that other systems tell: posted as a page posts them, each reference once (DOMAIN W1, W13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal.access.scope import past_the_walls
from portal.access.viewer import ByToken, Viewer
from portal.api.actions.rows import UNKNOWN_CUSTOMER, Outcome, Row, Taken, each_row, for_the_house
from portal.api.queries.named import customers_by_code, lots_there, warehouses_by_code
from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.warehouse.actions import books, posting
from portal.warehouse.actions.posting import Posted
from portal.warehouse.rules.facts import LotKey, MovementFact
from portal.warehouse.rules.unit_days import MovementKind

MEASURES = ("pieces", "m3", "kg", "pallets", "teu")
TAKEN_OVER = ("lot", "sku", "clock", "reason", "note", *MEASURES)
"""What the call and the fact call by the same name."""


def post(rows: Sequence[Row], token: ByToken, actor: Viewer, now: datetime) -> Outcome:
    """Post every row that can be, in the order of the call; the others are refused by themselves.

    Warehouses, customers and lots are held first, in the order of ids: two calls at a time wait, never in a ring.
    """
    found = customers_by_code((row["customer"] for row in rows), actor)
    customers = {code: row.id for code, row in found.items()}
    warehouses = warehouses_by_code(row["warehouse"] for row in rows)
    house = for_the_house(actor)
    with past_the_walls():
        _hold(rows, customers, warehouses)

        def take(row: Row) -> Taken:
            fact = _fact(row, customers, warehouses, token.system)
            posted = posting.post(fact, house, now)
            return Taken(posted.movement.id, posted.is_new, _remark(posted))

        return each_row("movements", rows, take)


def _hold(rows: Sequence[Row], customers: dict[str, int], warehouses: dict[str, int]) -> None:
    """Everything that the rows touch and that is there already, in the order in which everybody holds it."""
    books.hold_warehouses(warehouses.values())
    books.hold_customers(customers.values())
    wanted = {
        LotKey(customers[row["customer"]], warehouses[row["warehouse"]], row["lot"], row["sku"])
        for row in rows
        if row["customer"] in customers and row["warehouse"] in warehouses
    }
    books.hold_lots(lots_there(wanted))


def _fact(
    row: Row, customers: dict[str, int], warehouses: dict[str, int], source: str
) -> MovementFact:
    if row["customer"] not in customers:
        raise Invalid(UNKNOWN_CUSTOMER, "customer")
    if row["warehouse"] not in warehouses:
        raise Invalid(t("No warehouse has this code."), "warehouse")
    return MovementFact(
        customer_id=customers[row["customer"]],
        warehouse_id=warehouses[row["warehouse"]],
        kind=MovementKind(row["kind"]),
        moved_on=row["moved_on"],
        source=source,
        reference=row["reference"],
        **{name: row[name] for name in TAKEN_OVER},
    )


def _remark(posted: Posted) -> Text | None:
    """Which measures nobody knows (W12)."""
    if not posted.unmeasured:
        return None
    return t("Nobody knows its measure in %(unit)s.", unit=unit_word(posted.unmeasured[0]))
