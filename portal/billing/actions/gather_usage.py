"""Usage that is not billed yet, priced and settled: one line for each part of each draw, reversals as mirrors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.billing.actions.pricing import Pricing
from portal.billing.queries import unbilled
from portal.billing.queries.unbilled import Draw, UsedRow
from portal.billing.rules.charging import REMEMBERED, DrawnUsage, LinePrice
from portal.billing.rules.kinds import Part
from portal.billing.rules.months import end_of
from portal.billing.rules.statement_lines import LineDraft, negative_of, same_but, usage_line
from portal.kernel.errors import Invalid

Lines = dict[str, list[LineDraft]]
"""Currency of the statement → its lines."""


def gather_usage(pricing: Pricing, drafts: Iterable[int], viewer: Viewer) -> Lines:
    """The lines of all usage up to the period's end that no other statement has."""
    books, until = pricing.books, end_of(pricing.period)
    on_drafts = list(drafts)
    people = set(books.served)
    found: Lines = {}
    if not books.contracts:
        return found
    reversals: list[UsedRow] = []
    apart: list[UsedRow] = []
    for row in unbilled.used(people, until, on_drafts, viewer):
        if not books.settles(row.customer_id, row.contract_id):
            continue
        if row.reverses_id is not None:
            reversals.append(row)
        elif row.draws > 1 or row.unit != books.rights[row.entitlement_id].unit:
            apart.append(row)
        else:
            currency, lines = lines_of(row, None, pricing)
            found.setdefault(currency, []).extend(lines)
    splits = unbilled.draws_of((row.id for row in apart), viewer)
    for row in apart:
        currency, lines = lines_of(row, splits[row.id], pricing)
        found.setdefault(currency, []).extend(lines)
    for currency, line in _mirrored(reversals, pricing, viewer):
        found.setdefault(currency, []).append(line)
    return found


def lines_of(
    row: UsedRow, draws: Iterable[Draw] | None, pricing: Pricing, currency: str | None = None
) -> tuple[str, list[LineDraft]]:
    """The statement's currency (the first draw's, unless it is known) and the lines of one usage record.

    A usage is billed whole on one statement, however many entitlements it was split over. Invalid, naming the record,
    where a price, a tax or a rate of exchange is missing.
    """
    within = row.quantity - row.over_quantity
    lines: list[LineDraft] = []
    for draw in draws or (Draw(row.id, row.entitlement_id, within, row.over_quantity),):
        right = pricing.books.rights[draw.entitlement_id]
        try:
            price = pricing.price(right.line_id, row.used_on)
            for part, quantity in ((Part.WITHIN, draw.used), (Part.OVER, draw.over)):
                if quantity:
                    drawn = DrawnUsage(
                        row.id, right.id, part, quantity, right.unit, row.used_on, row.customer_id, row.reference,
                        row.note, row.shipment_id, _cost(row),
                    )  # fmt: skip
                    currency = currency or _currency(pricing, price, drawn)
                    lines.append(_line(pricing, price, drawn, currency))
        except Invalid as why:
            raise pricing.named(pricing.books.lines[right.line_id][0], row.reference, why) from why
    return currency or pricing.books.terms.currency, lines


def _line(pricing: Pricing, price: LinePrice, drawn: DrawnUsage, currency: str) -> LineDraft:
    """One draw's line; what a price makes of a quantity is worked out once."""
    starts_on = pricing.period.start_on
    exchange = pricing.exchange(_own_currency(price, drawn.part), currency, drawn.used_on)
    key = id(price), drawn.part, drawn.quantity, drawn.unit, currency, exchange
    known = pricing.known_lines.get(key)
    if known is not None and drawn.cost is None:
        return same_but(known, drawn, starts_on)
    line = usage_line(drawn, price, currency, exchange, starts_on)
    if drawn.cost is None and len(pricing.known_lines) < REMEMBERED:
        pricing.known_lines[key] = line
    return line


def _currency(pricing: Pricing, price: LinePrice, drawn: DrawnUsage) -> str:
    return pricing.settled(_own_currency(price, drawn.part), drawn.used_on)[0]


def _own_currency(price: LinePrice, part: Part) -> str:
    beyond = part is Part.OVER and price.overage_terms is not None
    terms = price.overage_terms if beyond and price.overage_terms else price.terms
    return terms.currency or price.currency


def _cost(row: UsedRow) -> Decimal | None:
    """What was paid out for it, where the record says so: charged at cost."""
    if row.facts in ("{}", "null"):
        return None
    told = json.loads(row.facts).get("cost")
    return None if told is None else Decimal(str(told))


def _mirrored(
    reversals: list[UsedRow], pricing: Pricing, viewer: Viewer
) -> Iterator[tuple[str, LineDraft]]:
    """The negative copies of what was billed; what was never billed needs none, what is under review waits."""
    if not reversals:
        return
    billed = unbilled.billed_lines((row.reverses_id or 0 for row in reversals), viewer)
    for row in reversals:
        for line in billed.get(row.reverses_id or 0, ()):
            told = f"{line.number} / {line.serial}"
            is_late = line.starts_on < pricing.period.start_on
            yield (
                line.currency,
                negative_of(line, line.id, usage_id=row.id, told=told, is_late=is_late),
            )
