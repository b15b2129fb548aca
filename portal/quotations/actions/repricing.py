"""Bringing a draft's prices to date: old and new side by side, and only what was ticked is taken (DOMAIN P18)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import delete

from portal.access.viewer import Viewer
from portal.catalogue.queries.prices import (
    AttachedSurcharge,
    LanePrice,
    costs_of_prices,
    successors,
)
from portal.catalogue.queries.surcharges import rules_with_costs
from portal.catalogue.rules.surcharges import Occasion
from portal.catalogue.rules.terms import PriceTerms
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.quotations.actions.drafting import check_editable
from portal.quotations.actions.lines import add_costs, cost_parts, matching_surcharges, set_tax
from portal.quotations.actions.pricing import draft_of, recompute
from portal.quotations.models import QuotationLine, QuotationLineCost, QuotationVersion
from portal.quotations.rules.difference import Change
from portal.quotations.rules.pricing import price_version
from portal.quotations.rules.shipment import cargo_from_json


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line of a draft and the price in force for it; `new` is None when there is none any more.

    Both amounts are before tax treatment, in their own currencies, for the draft's shipment.
    """

    row: QuotationLine
    new: LanePrice | AttachedSurcharge | None
    currency: str
    rate: Decimal | None
    amount: Decimal | None

    @property
    def change(self) -> Change:
        """How the price in force differs."""
        if self.new is None:
            return Change.GONE
        same_terms = PriceTerms.from_json(self.row.terms or {}) == self.new.terms
        if same_terms and not self.row.is_manual:
            return Change.SAME
        before, after = self.row.amount, self.amount
        if self.currency != self.row.currency or before is None or after in (None, before):
            return Change.CHANGED
        return Change.UP if after > before else Change.DOWN


def proposals(version: QuotationVersion, actor: Viewer, now: datetime) -> list[Proposal]:
    """Every line that came from a tariff or a surcharge rule, with what it is in force now. Nothing is changed."""
    on = _reference_day(version, now)
    rows = [row for row in version.lines if row.split_of_id is None]
    keys = {row.id: (row.scheme_id, row.item_id, row.carrier) for row in rows if row.price_id}
    customer = version.quotation.customer
    prices = successors([k for k in keys.values() if k[0] and k[1]], actor, customer, on)  # type: ignore[misc]
    rules = {each.rule_id: each for each in matching_surcharges(version, actor, now)}
    news: dict[int, LanePrice | AttachedSurcharge | None] = {}
    for row in rows:
        if row.id in keys:
            news[row.id] = prices.get(keys[row.id])  # type: ignore[arg-type]
        elif row.surcharge_rule_id is not None:
            news[row.id] = rules.get(row.surcharge_rule_id)
    return _priced(version, [row for row in rows if row.id in news], news, on)


def reprice(
    version: QuotationVersion,
    line_ids: Collection[int],
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> int:
    """Take the price in force for the ticked lines; how many changed. A price set by hand gives way to the tariff's."""
    check_editable(version, seen)
    chosen = [
        p for p in proposals(version, actor, now) if p.row.id in line_ids and p.new is not None
    ]
    if not chosen:
        raise Invalid(t("Tick the prices to take."))
    taken = [(p.row, p.new) for p in chosen if p.new is not None]
    prices = costs_of_prices(new.price_id for _, new in taken if isinstance(new, LanePrice))
    rules = rules_with_costs(new.rule_id for _, new in taken if isinstance(new, AttachedSurcharge))
    before = {row.name_zh: str(row.rate) for row, _ in taken}
    for row, new in taken:
        _take(row, new, now)
        db.session.execute(delete(QuotationLineCost).where(QuotationLineCost.line_id == row.id))
        if isinstance(new, LanePrice):
            add_costs(row, prices.get(new.price_id, ()))
        else:
            add_costs(row, cost_parts(rules.get(new.rule_id)))
    recompute(version, now)
    after = {row.name_zh: str(row.rate) for row, _ in taken}
    audit.record(actor, "quotation.repriced", version.quotation, now, before=before, after=after)
    return len(taken)


def _reference_day(version: QuotationVersion, now: datetime) -> date:
    return version.reference_on or business_day(now)


def _take(row: QuotationLine, new: LanePrice | AttachedSurcharge, now: datetime) -> None:
    if row.is_manual:
        row.quantity_given = None
    row.is_manual, row.manual_reason, row.is_on_request = False, None, False
    row.terms = new.terms.to_json()
    row.unit, row.currency = new.terms.unit, new.terms.currency or row.currency
    if isinstance(new, LanePrice):
        row.price_id, row.tariff_id = new.price_id, new.tariff_id
        row.inclusive_codes = " ".join(sorted(new.inclusive))
    set_tax(row, new.tax_class, new.tax_inclusive, now)


def _priced(
    version: QuotationVersion,
    rows: Sequence[QuotationLine],
    news: dict[int, LanePrice | AttachedSurcharge | None],
    on: date,
) -> list[Proposal]:
    """The whole version priced with every new price at once, since surcharges look at each other."""
    lines = [row for row in version.lines if row.split_of_id is None]
    drafts = []
    for at, row in enumerate(lines):
        new, draft = news.get(row.id), draft_of(at, row)
        if new is not None:
            given = None if row.is_manual else row.quantity_given
            draft = replace(draft, terms=new.terms, is_manual=False, quantity_given=given)
        drafts.append(draft)
    occasion = Occasion(category=version.category, on=on)
    cargo = cargo_from_json(version.cargo)
    priced = price_version(drafts, cargo, occasion, version.total_currency, {})
    charges = {line.draft.key: line.charge for line in reversed(priced.lines)}
    found = []
    for at, row in enumerate(lines):
        if row not in rows:
            continue
        new, charge = news[row.id], charges.get(at)
        currency = charge.charge.currency if charge else row.currency
        rate = charge.charge.rate if charge else None
        found.append(Proposal(row, new, currency, rate, charge.amount if charge else None))
    return found
