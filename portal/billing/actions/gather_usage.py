"""Usage that is not billed yet, priced and settled: one line for each part of each draw, reversals as mirrors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.billing.actions.pricing import Pricing
from portal.billing.queries import unbilled
from portal.billing.queries.unbilled import Draw, UsedRow
from portal.billing.rules.charging import DrawnUsage
from portal.billing.rules.kinds import Part
from portal.billing.rules.months import end_of
from portal.billing.rules.statement_lines import LineDraft, negative_of, usage_line
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
    splits = unbilled.split_draws(people, until, on_drafts, viewer)
    reversals: list[UsedRow] = []
    for row in unbilled.used(people, until, on_drafts, viewer):
        if not books.settles(row.customer_id, row.contract_id):
            continue
        if row.reverses_id is not None:
            reversals.append(row)
            continue
        currency, lines = lines_of(row, splits.get(row.id), pricing)
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
                if not quantity:
                    continue
                beyond = part is Part.OVER and price.overage_terms is not None
                terms = price.overage_terms if beyond and price.overage_terms else price.terms
                own = terms.currency or price.currency
                if currency is None:
                    currency = pricing.settled(own, row.used_on)[0]
                exchange = pricing.exchange(own, currency, row.used_on)
                drawn = DrawnUsage(
                    row.id, right.id, part, quantity, right.unit, row.used_on, row.customer_id, row.reference,
                    row.note, row.shipment_id, _cost(row),
                )  # fmt: skip
                lines.append(usage_line(drawn, price, currency, exchange, pricing.period.start_on))
        except Invalid as why:
            raise pricing.named(pricing.books.lines[right.line_id][0], row.reference, why) from why
    return currency or pricing.books.terms.currency, lines


def _cost(row: UsedRow) -> Decimal | None:
    """What was paid out for it, where the record says so: charged at cost."""
    told = row.facts.get("cost") if row.facts else None
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
