"""What is promised: targets by tier and severity, and the limits of law that are in force on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from portal.customers.rules.kinds import Segment
from portal.db.base import db
from portal.service_requests.models.clocks import LegalDeadline, SlaTarget
from portal.service_requests.rules.clock_kinds import ClockKind, Duty, Mode, TimeUnit
from portal.service_requests.rules.clocks import Span
from portal.service_requests.rules.targets import WARN_PERCENT, first_targets

_USUAL = {(each.tier.value, each.severity, each.clock): each.span for each in first_targets()}


@dataclass(frozen=True, slots=True)
class Target:
    """So much time for one clock, and after how much of it its owner is warned."""

    span: Span
    warn_percent: int = WARN_PERCENT


def targets_for(tier: str, severity: int) -> dict[ClockKind, Target]:
    """The firm's targets; those that it begins with where it has none of its own."""
    found = {
        clock: Target(span)
        for (each, degree, clock), span in _USUAL.items()
        if (each, degree) == (tier, severity)
    }
    wanted = select(SlaTarget).where(SlaTarget.tier == tier, SlaTarget.severity == severity)
    for row in db.session.scalars(wanted):
        found[ClockKind(row.clock)] = Target(Span(row.amount, TimeUnit(row.unit)), row.warn_percent)
    return found


def all_targets() -> dict[tuple[Segment, int, ClockKind], SlaTarget]:
    """Every row of the firm's table."""
    rows = db.session.scalars(select(SlaTarget))
    return {(Segment(row.tier), row.severity, ClockKind(row.clock)): row for row in rows}


def deadlines() -> list[LegalDeadline]:
    """Every limit, old ones too: by what it is for, how goods travelled, and the later text first."""
    order = (
        LegalDeadline.duty,
        LegalDeadline.mode,
        LegalDeadline.variant,
        LegalDeadline.from_on.desc(),
    )
    return list(db.session.scalars(select(LegalDeadline).order_by(*order, LegalDeadline.id)))


def deadlines_for(
    duty: Duty, mode: Mode | None, on: date, variant: str | None = None
) -> list[LegalDeadline]:
    """The limits in force on a day for goods that travelled so, and those for any; the shortest first."""
    of_any = LegalDeadline.mode.is_(None)
    travelled = of_any if mode is None else of_any | (LegalDeadline.mode == mode.value)
    wanted = select(LegalDeadline).where(
        LegalDeadline.duty == duty.value,
        LegalDeadline.active.is_(True),
        LegalDeadline.from_on <= on,
        or_(LegalDeadline.until_on.is_(None), LegalDeadline.until_on >= on),
        travelled,
    )
    if variant is not None:
        wanted = wanted.where(LegalDeadline.variant.in_(("", variant)))
    return list(db.session.scalars(wanted.order_by(LegalDeadline.amount, LegalDeadline.id)))
