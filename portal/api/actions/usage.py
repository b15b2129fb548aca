"""Usage that other systems tell: recorded as a page records it, each reference once (DOMAIN E3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal.access.scope import past_the_walls
from portal.access.viewer import ByToken, Viewer
from portal.api.actions.rows import UNKNOWN_CUSTOMER, Outcome, Row, Taken, each_row, for_the_house
from portal.api.queries.named import customers_by_code
from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t
from portal.kernel.units import find_unit
from portal.usage.actions import recording
from portal.usage.models import UsageRecord
from portal.usage.queries.bulk import accounts_of, bought_by_charge, items_by_word, recorded
from portal.usage.rules.facts import UsageFact
from portal.usage.rules.reading import Item
from portal.usage.rules.states import MISMATCH_WORDS, Mismatch, UsageState


def record(rows: Sequence[Row], token: ByToken, actor: Viewer, now: datetime) -> Outcome:
    """Record every row that can be; the others are refused by themselves.

    What may be drawn from is held first, in the order of ids: two calls at the same time wait, never in a ring.
    """
    names = _Names(rows, actor)
    house = for_the_house(actor)
    with past_the_walls():
        accounts_of(names.pairs(rows), house, lock=True)
        known = set(recorded(token.system, (row["reference"] for row in rows)))

        def take(row: Row) -> Taken:
            found = recording.record(_fact(row, names, token.system), house, now)
            is_new = found.reference not in known
            known.add(found.reference)
            return Taken(found.id, is_new, _remark(found))

        return each_row("records", rows, take)


class _Names:
    """What the rows of a call name, found."""

    def __init__(self, rows: Sequence[Row], actor: Viewer) -> None:
        found = customers_by_code((row["customer"] for row in rows), actor)
        self._customers = {code: row.id for code, row in found.items()}
        self._items = items_by_word()
        self._bought = bought_by_charge(for_the_house(actor))

    def customer_id(self, row: Row) -> int:
        """The customer; Invalid for one that the key does not see."""
        found = self._customers.get(row["customer"])
        if found is None:
            raise Invalid(UNKNOWN_CUSTOMER, "customer")
        return found

    def item(self, row: Row) -> Item:
        """The service, by code, name, or charge code of what the customer bought; id 0 when nobody knows it (yet)."""
        word = row["item"]
        known = self._items(word)
        if len(known) > 1:
            raise Invalid(t("the service's code; several services have this name"), "item")
        return known[0] if known else self._bought(self.customer_id(row), word) or Item(0, word, "")

    def pairs(self, rows: Sequence[Row]) -> set[tuple[int, int]]:
        """The (customer id, item id) that the rows may draw for."""
        found = set()
        for row in rows:
            customer_id = self._customers.get(row["customer"])
            known = self._items(row["item"])
            item = known[0] if len(known) == 1 else None
            if customer_id is not None:
                item = item or self._bought(customer_id, row["item"])
                found |= {(customer_id, item.id)} if item else set()
        return found


def _fact(row: Row, names: _Names, source: str) -> UsageFact:
    customer_id, item = names.customer_id(row), names.item(row)
    return UsageFact(
        customer_id=customer_id,
        quantity=row["quantity"],
        unit=_unit(row["unit"], item),
        used_on=row["used_on"],
        source=source,
        reference=row["reference"],
        item_code=item.code,
        item_id=item.id or None,
        note=row["note"],
        facts={"shipment": row["shipment"]} if row["shipment"] else {},
    )


def _unit(written: str, item: Item) -> str:
    if written:
        unit = find_unit(written)
        if unit is None:
            raise Invalid(t("a unit of the unit table"), "unit")
        return unit.code
    if not item.unit:
        raise Invalid(t("a unit, since the service is not known"), "unit")
    return item.unit


def _remark(row: UsageRecord) -> Text | None:
    """That it waits in the queue, and why."""
    if row.state != UsageState.UNMATCHED or not row.mismatch:
        return None
    return t("It waits in the queue: %(why)s.", why=MISMATCH_WORDS[Mismatch(row.mismatch)])
