"""Limits of liability and deadlines as they stand on a day, and up to where one person may offer."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from portal.catalogue.queries.rates import exchange_rate
from portal.claims.models import Claim, LiabilityLimit
from portal.claims.rules import deadlines
from portal.claims.rules.kinds import Loss
from portal.claims.rules.limits import Goods, Limit, limit_of
from portal.db.base import db
from portal.documents.queries import firm_profile
from portal.kernel.errors import Invalid
from portal.service_requests.models import LegalDeadline
from portal.service_requests.queries.targets import deadlines_for
from portal.service_requests.queries.work_calendar import service_settings, work_time
from portal.service_requests.rules.clock_kinds import Duty, Mode


def limits_of(mode: str) -> list[LiabilityLimit]:
    """The active rows of a mode, whatever their days."""
    wanted = select(LiabilityLimit).where(LiabilityLimit.mode == mode, LiabilityLimit.active)
    return list(db.session.scalars(wanted.order_by(LiabilityLimit.code, LiabilityLimit.id)))


def all_limits() -> list[LiabilityLimit]:
    """Every row, by mode and code, the later first."""
    order = LiabilityLimit.mode, LiabilityLimit.code, LiabilityLimit.from_on.desc()
    return list(db.session.scalars(select(LiabilityLimit).order_by(*order, LiabilityLimit.id)))


def goods_of(claim: Claim) -> Goods:
    """What the limit of a claim is worked out from."""
    return Goods(
        Mode(claim.mode), Loss(claim.loss), claim.currency, claim.claimed_amount, claim.packages, claim.gross_kg,
        claim.freight_amount, claim.goods_value, claim.declared_value,
    )  # fmt: skip


def limit_day(claim: Claim) -> date:
    """The day whose limits count: that of delivery, else that of notice."""
    return claim.delivered_on or claim.noticed_on


def worked_out(claim: Claim, sdr_rate: Decimal | None) -> Limit:
    """The limit of liability of a claim with its working; `sdr_rate`: the claim's currency for one SDR."""
    return limit_of(limits_of(claim.mode), goods_of(claim), limit_day(claim), sdr_rate)


def notice_due(
    mode: str, loss: str, delivered_on: date | None, *, in_container: bool
) -> date | None:
    """By when loss or damage must be notified; None where nothing was delivered or no deadline is known."""
    if delivered_on is None:
        return None
    variant = deadlines.notice_variant(mode, loss, in_container=in_container)
    row = _row(Duty.CLAIM_NOTICE, mode, delivered_on, variant)
    return None if row is None else deadlines.last_day(row, delivered_on, work_time())


def answer_deadline(mode: str, noticed_on: date) -> tuple[str, date] | None:
    """(code, last day) of the answer that law or contract owe a claimant; None where they owe none."""
    row = _row(Duty.CLAIM_ANSWER, mode, noticed_on, deadlines.ANY)
    return None if row is None else (row.code, deadlines.last_day(row, noticed_on, work_time()))


def recourse_due(claim: Claim, on: date) -> date | None:
    """By when recourse must be taken against others, counted from `on`."""
    row = _row(Duty.CLAIM_SUIT, claim.mode, on, deadlines.RECOURSE)
    return None if row is None else deadlines.last_day(row, on, work_time())


def claim_limit() -> Decimal:
    """Up to which amount of the firm's currency an offer needs nobody else."""
    return service_settings().claim_limit


def in_firm_currency(amount: Decimal, currency: str, on: date) -> Decimal | None:
    """What an amount is worth in the firm's currency; None where no rate of exchange tells."""
    with suppress(Invalid):
        rate = exchange_rate(currency, firm_profile().currency or "CNY", on)
        return amount * rate.rate / rate.per
    return None


def _row(duty: Duty, mode: str, on: date, variant: str) -> LegalDeadline | None:
    return deadlines.nearest(deadlines_for(duty, Mode(mode), on, variant), variant)
