"""The service items of an opportunity become lines of a draft: nobody types them twice (REQUIREMENTS O8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.catalogue.models import ServiceItem
from portal.catalogue.queries.prices import LanePrice, costs_of_prices, prices_of_items
from portal.catalogue.rules.picking import first_choice
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.kernel.units import UNITS
from portal.opportunities.models import Opportunity, OpportunityLine
from portal.quotations.actions import lines
from portal.quotations.actions.drafting import check_editable
from portal.quotations.actions.for_opportunity import link
from portal.quotations.models import QuotationLine, QuotationVersion

USUAL_TAX = "service_6"


def take_items(
    version: QuotationVersion, opportunity_id: int, actor: Viewer, now: datetime, seen: int | None = None
) -> list[str]:  # fmt: skip
    """Add the opportunity's items to a draft that is written for it from now on; the names of those taken.

    Each takes the price that a sale would take by itself, else the opportunity's own as a price by hand, else it is
    priced on request. Invalid when the opportunity has no items; NotFound when the actor does not see it.
    """
    check_editable(version, seen)
    row = load(Opportunity, opportunity_id, actor, Permission.OPPORTUNITY_SEE)
    if not row.lines:
        raise Invalid(t("This opportunity has no service items yet."), "opportunity_id")
    link(version.quotation, row.id, actor, now)
    offers = _offers(version, row.lines, actor, now)
    costs = costs_of_prices(price.price_id for price in offers.values())
    for line in row.lines:
        price = offers.get(line.item_id or 0)
        made = _line(version, line, row, price, now)
        lines.append(version, made)
        if price is not None:
            lines.add_costs(made, costs.get(price.price_id, ()))
    lines.attach_surcharges(version, actor, now)
    names = [line.name for line in row.lines]
    lines.done(version, actor, now, {"opportunity": row.number, "added": names})
    return names


def _offers(
    version: QuotationVersion, wanted: Sequence[OpportunityLine], actor: Viewer, now: datetime
) -> dict[int, LanePrice]:
    """Item id → the price that a sale takes by itself today."""
    on = version.reference_on or business_day(now)
    ids = sorted({line.item_id for line in wanted if line.item_id is not None})
    found = prices_of_items(ids, actor, version.quotation.customer, on)
    chosen = {item_id: first_choice([p for p in found if p.item_id == item_id]) for item_id in ids}
    return {item_id: price for item_id, price in chosen.items() if price is not None}


def _line(
    version: QuotationVersion, line: OpportunityLine, row: Opportunity, price: LanePrice | None, now: datetime
) -> QuotationLine:  # fmt: skip
    if price is not None:
        made = lines.from_price(version, price, now)
        lines.take_facts(version, price)
    else:
        made = _by_hand(version, line, row, now)
    is_flat = (made.terms or {}).get("basis") == Basis.FLAT.value and price is None
    made.quantity_given = None if is_flat else line.quantity or None
    return made


def _by_hand(
    version: QuotationVersion, line: OpportunityLine, row: Opportunity, now: datetime
) -> QuotationLine:
    terms = _terms(line, row)
    item = line.item
    if item is None:
        made = _in_words(version, line, terms, now)
    else:
        made = lines.copied(version, item, terms, now)
    made.item_id = line.item_id
    if line.rate is None:
        made.is_on_request = True
        made.currency = _currency_of(item, row)
    else:
        made.is_manual, made.manual_reason = True, f"{row.number}"
    return made


def _terms(line: OpportunityLine, row: Opportunity) -> PriceTerms:
    if line.rate is None:
        return PriceTerms(Basis.AT_COST, line.unit if line.unit in UNITS else "")
    if line.unit in UNITS:
        return PriceTerms(Basis.PER_UNIT, line.unit, row.currency, rate=line.rate)
    whole = line.amount if line.amount is not None else line.rate * (line.quantity or Decimal(1))
    return PriceTerms(Basis.FLAT, currency=row.currency, rate=whole)


def _in_words(
    version: QuotationVersion, line: OpportunityLine, terms: PriceTerms, now: datetime
) -> QuotationLine:
    made = QuotationLine(
        customer_id=version.customer_id, section="other", name_zh=line.name[:120], unit=terms.unit,
        currency=terms.currency or version.total_currency, terms=terms.to_json(),
    )  # fmt: skip
    lines.set_tax(made, USUAL_TAX, True, now)
    return made


def _currency_of(item: ServiceItem | None, row: Opportunity) -> str:
    return item.default_currency if item is not None else row.currency
