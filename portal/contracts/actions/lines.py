"""The lines of a draft: from usable prices or by hand, and the grid in which they are edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.access.viewer import Viewer
from portal.catalogue.models import ServiceItem
from portal.catalogue.queries.prices import LanePrice, prices_named, tax_of
from portal.catalogue.rules.storage import policy_of_price
from portal.catalogue.rules.terms import PriceTerms
from portal.contracts.actions.carrying import counted_in, full_name, stat_factor
from portal.contracts.actions.drafting import add_rows, check_editable, recount
from portal.contracts.actions.editing import apply, by_hand
from portal.contracts.models import Contract, ContractLine
from portal.contracts.queries import standing
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, InvalidMany
from portal.kernel.money import currency_of
from portal.kernel.text import Text, t
from portal.kernel.units import unit_of

MOST_LINES = 300


@dataclass(frozen=True, slots=True)
class ManualLine:
    """A line whose price a person sets: which service, how counted, at what price, and why (DOMAIN P17)."""

    item_id: int
    unit: str
    currency: str
    rate: Decimal | None
    reason: str
    quantity: Decimal | None = None
    tax_class: str = ""
    tax_inclusive: bool = True


@dataclass(frozen=True, slots=True)
class LineEdit:
    """One row of the grid as it came back: what is new in it. `remove` takes it away."""

    line_id: int
    values: Mapping[str, Any] = field(default_factory=dict)
    remove: bool = False


def pick(
    contract: Contract,
    price_ids: Iterable[int],
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> list[ContractLine]:
    """Lines from prices that `actor` may quote to this customer today; Invalid when none of them is left."""
    check_editable(contract, seen)
    prices = usable(contract, price_ids, actor, now)
    rows = [line_of_price(contract, price, contract.starts_on, now) for price in prices]
    _add(contract, rows, actor, now)
    return rows


def add_manual(
    contract: Contract, line: ManualLine, actor: Viewer, now: datetime, seen: int | None = None
) -> ContractLine:
    """A line with a price of one's own; it is marked, reasoned, and seen by whoever approves."""
    check_editable(contract, seen)
    row = line_by_hand(contract, line, contract.starts_on, now)
    _add(contract, [row], actor, now)
    return row


def edit(
    contract: Contract,
    edits: Iterable[LineEdit],
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Apply the grid: all of it or nothing. InvalidMany names fields `lines-<id>-<field>`."""
    check_editable(contract, seen)
    errors: dict[str, Text] = {}
    for each in edits:
        row = line_in(contract.lines, each.line_id)
        if each.remove:
            contract.lines.remove(row)
        else:
            found = apply(row, each.values, contract.starts_on, contract.ends_on)
            errors |= {f"lines-{row.id}-{name}": text for name, text in found.items()}
    if errors:
        raise InvalidMany(errors)
    db.session.flush()
    audit.record(actor, "contract.changed", contract, now, after={"lines": len(contract.lines)})
    recount(contract, now)


def line_in(rows: Sequence[ContractLine], line_id: int) -> ContractLine:
    """One of these lines; Invalid when it is not there any more."""
    for row in rows:
        if row.id == line_id:
            return row
    raise Invalid(t("One of these lines is no longer there. Reload the page."))


def usable(
    contract: Contract, price_ids: Iterable[int], actor: Viewer, now: datetime
) -> list[LanePrice]:
    """The prices of today among these that may be quoted to the contract's customer."""
    found = prices_named(price_ids, actor, contract.customer, business_day(now))
    if not found:
        raise Invalid(t("These prices are no longer in force for this customer. Search again."))
    return list(found.values())


def line_of_price(
    contract: Contract, price: LanePrice, from_on: date, now: datetime
) -> ContractLine:
    """A line with its own copy of a tariff's price; without a limit until somebody writes a quantity."""
    row = _fresh(contract, price, price.terms, from_on)
    row.item_id, row.price_id, row.scheme_id = price.item_id, price.price_id, price.scheme_id
    row.currency = price.currency or price.terms.currency
    row.note = price.note[:300]
    _set_tax(row, price.tax_class, price.tax_inclusive, now)
    return row


def line_by_hand(
    contract: Contract, line: ManualLine, from_on: date, now: datetime
) -> ContractLine:
    """A line of a service item at a price that a person sets."""
    item = db.session.get(ServiceItem, line.item_id)
    _check_manual(line, item)
    assert item is not None
    terms = by_hand(line.unit, line.currency, line.rate or Decimal(0))
    row = _fresh(contract, item, terms, from_on)
    row.item_id, row.item = item.id, item
    row.quantity, row.manual_reason = line.quantity, line.reason.strip()[:300]
    _set_tax(row, line.tax_class or item.tax_class, line.tax_inclusive, now)
    return row


def _fresh(
    contract: Contract, sold: LanePrice | ServiceItem, terms: PriceTerms, from_on: date
) -> ContractLine:
    policy = policy_of_price(terms)
    unit = terms.unit or "LS"
    counted = counted_in(unit, sold.main_unit, sold.charge_code)
    return ContractLine(
        customer_id=contract.customer_id,
        name_zh=full_name(sold.name_zh, sold.packaging)[:160],
        name_en=full_name(sold.name_en, sold.packaging)[:200] if sold.name_en else "",
        unit=unit,
        main_unit=counted,
        stat_factor=stat_factor(unit, counted),
        currency=terms.currency or contract.currency,
        rate=terms.rate,
        price_terms=terms.to_json(),
        storage_policy=policy.to_json() if policy else None,
        from_on=from_on,
        until_on=standing.last_terms(contract).ends_on,
    )


def _set_tax(row: ContractLine, tax_class: str, inclusive: bool, now: datetime) -> None:
    """The tax class's rate of the day, frozen on the line (DOMAIN F5)."""
    row.tax_class, row.tax_inclusive = tax_class, inclusive
    row.tax_percent = tax_of(tax_class, business_day(now)).percent


def _add(contract: Contract, rows: Sequence[ContractLine], actor: Viewer, now: datetime) -> None:
    check_room(contract, len(rows))
    add_rows(contract, rows)
    after = {"added": [row.name_zh for row in rows]}
    audit.record(actor, "contract.changed", contract, now, after=after)
    recount(contract, now)


def check_room(contract: Contract, more: int) -> None:
    """Invalid when a contract would have too many lines."""
    if len(contract.lines) + more > MOST_LINES:
        raise Invalid(t("A contract has at most %(most)s lines.", most=MOST_LINES))


def _check_manual(line: ManualLine, item: ServiceItem | None) -> None:
    errors: dict[str, Text] = {}
    if item is None or not item.active:
        errors["item"] = t("Choose a service item.")
    if line.rate is None:
        errors["rate"] = t("Say the price; 0 if it is free.")
    elif line.rate < 0:
        errors["rate"] = t("A price cannot be negative.")
    if not line.reason.strip():
        errors["reason"] = t("Say why the price is set by hand.")
    if line.quantity is not None and line.quantity <= 0:
        errors["quantity"] = t("A quantity is more than 0; leave it empty for no limit.")
    for name, check in (("currency", currency_of), ("unit", unit_of)):
        try:
            check(getattr(line, name))
        except Invalid as error:
            errors[name] = error.text
    if errors:
        raise InvalidMany(errors)
