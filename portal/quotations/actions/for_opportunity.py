"""A quotation and the opportunity that it is written for: items come from it, amount and items go back (O8, O9, Q7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.money import round_money
from portal.kernel.text import t
from portal.opportunities.actions.write_back import write_back
from portal.opportunities.models import Opportunity
from portal.opportunities.queries.evidence import PAPERS
from portal.opportunities.rules.kinds import EntryRule
from portal.opportunities.rules.papers import PaperKind, PaperLine, PaperStep
from portal.opportunities.rules.states import OpportunityState
from portal.quotations.models import Quotation, QuotationLine, QuotationVersion
from portal.quotations.rules.states import QuotationState

OFFERED = (QuotationState.ISSUED.value, QuotationState.ACCEPTED.value)


def link(quotation: Quotation, opportunity_id: int | None, actor: Viewer, now: datetime) -> None:
    """Say for which opportunity it is written; None: for none. Invalid at "opportunity_id" for another customer's.

    NotAllowedNow for one that is won or lost. From now on what is issued writes back; what was issued already does so
    at once.
    """
    if quotation.opportunity_id == opportunity_id:
        return
    if opportunity_id is not None:
        _check(quotation, opportunity_id, actor)
    before = {"opportunity": quotation.opportunity_id}
    quotation.opportunity_id, quotation.updated_at = opportunity_id, now
    after = {"opportunity": opportunity_id}
    audit.record(actor, "quotation.changed", quotation, now, before=before, after=after)
    current = next((each for each in quotation.versions if each.state in OFFERED), None)
    if current is not None:
        is_accepted = current.state == QuotationState.ACCEPTED.value
        tell(current, PaperStep.ACCEPTED if is_accepted else PaperStep.ISSUED, actor, now)


def tell(version: QuotationVersion, step: PaperStep, actor: Viewer, now: datetime) -> None:
    """Let the opportunity know of a step of this version, where it is written for one; a refusal changes no figure."""
    quotation = version.quotation
    if quotation.opportunity_id is None:
        return
    offered = None if step is PaperStep.DECLINED else paper_lines(version)
    write_back(
        quotation.opportunity_id, PaperKind.QUOTATION.value, quotation.id, f"{quotation.number} v{version.version_no}",
        step.value, None if offered is None else _total(offered), version.total_currency, offered, actor, now,
    )  # fmt: skip


def paper_lines(version: QuotationVersion) -> list[PaperLine]:
    """What is offered, net of tax in the version's currency: the chosen (else first) alternative and what all share.

    Left out: what is paid at destination, priced on request, or applies to nothing.
    """
    named = [each["option"] for each in (version.totals or {}).get("options", ())]
    chosen = version.accepted_option or (named[0] if named else "")
    rows = [row for row in version.lines if row.option in ("", chosen) and _counts(row)]
    return [_paper_line(row, version) for row in rows]


def _counts(row: QuotationLine) -> bool:
    is_idle = bool(row.problem) and row.amount is not None
    return row.net is not None and not (row.is_collect or row.is_on_request or is_idle)


def _paper_line(row: QuotationLine, version: QuotationVersion) -> PaperLine:
    name = f"{row.name_zh} {row.packaging}".strip() if row.packaging not in row.name_zh else row.name_zh  # fmt: skip
    amount = _in_currency(row.net, row.currency, version)
    rate = row.rate if row.currency == version.total_currency else None
    return PaperLine(row.item_id, name, row.quantity, row.unit, rate, amount)


def _in_currency(amount: Decimal | None, currency: str, version: QuotationVersion) -> Decimal | None:  # fmt: skip
    """With the version's own frozen rates; None where one is missing."""
    if amount is None or currency == version.total_currency:
        return amount
    rates: Mapping[str, Any] = version.exchange_rates or {}
    if currency not in rates:
        return None
    return round_money(amount * Decimal(rates[currency]["rate"]), version.total_currency)


def _total(lines: Sequence[PaperLine]) -> Decimal | None:
    """The sum; None where something has no amount, or nothing is offered."""
    amounts = [each.amount for each in lines if each.amount is not None]
    return sum(amounts, Decimal(0)) if amounts and len(amounts) == len(lines) else None


def _check(quotation: Quotation, opportunity_id: int, actor: Viewer) -> None:
    row = load(Opportunity, opportunity_id, actor, Permission.OPPORTUNITY_SEE)
    if row.customer_id != quotation.customer_id:
        raise Invalid(t("This opportunity is another customer's."), "opportunity_id")
    if row.state != OpportunityState.OPEN.value:
        raise NotAllowedNow(t("This opportunity is won or lost."))


def _issued_for(opportunity_id: int) -> Select[Any]:
    return (
        select(QuotationVersion.id)
        .join(Quotation, Quotation.id == QuotationVersion.quotation_id)
        .where(Quotation.opportunity_id == opportunity_id, QuotationVersion.state.in_(OFFERED))
    )


PAPERS[EntryRule.QUOTATION] = _issued_for


def quotations_of(opportunity_id: int) -> list[Quotation]:
    """The quotations written for an opportunity, newest first, as far as the session may see them."""
    wanted = select(Quotation).where(Quotation.opportunity_id == opportunity_id)
    return list(db.session.scalars(wanted.order_by(Quotation.id.desc())))
