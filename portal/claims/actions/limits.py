"""The table of limits of liability: what a firm begins with, a new text from its day, a row taken out (DOMAIN T7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.claims.actions.holding import check_may
from portal.claims.models import LiabilityLimit
from portal.claims.rules.first_limits import FIRST_LIMITS
from portal.claims.rules.kinds import LimitUnit
from portal.claims.rules.limits import SDR_UNITS
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import InvalidMany, NotAllowedNow
from portal.kernel.text import Text, t
from portal.service_requests.rules.clock_kinds import Mode

ONE_DAY = timedelta(days=1)
LONGEST_CODE = 32


@dataclass(frozen=True, slots=True)
class NewLimit:
    """A row as it is typed; `only_declared` as in `rules.limits.LimitRow`."""

    code: str
    mode: str
    unit: str
    rate: Decimal | None
    source: str
    from_on: date | None
    only_declared: bool | None = None


def seed_limits(actor: Viewer, now: datetime) -> int:
    """The limits of law that a firm begins with; none where it has any. How many rows."""
    if db.session.scalar(select(LiabilityLimit.id).limit(1)) is not None:
        return 0
    for first in FIRST_LIMITS:
        row = LiabilityLimit(
            code=first.code, mode=first.mode.value, unit=first.unit.value, rate=first.rate, source=first.source,
            from_on=first.from_on, until_on=first.until_on, only_declared=first.only_declared,
        )  # fmt: skip
        db.session.add(row)
        audit.record(actor, "limit.changed", row, now, after=_facts(row))
    return len(FIRST_LIMITS)


def put(new: NewLimit, actor: Viewer, now: datetime) -> LiabilityLimit:
    """A limit from its day on; the earlier row of the same code and unit ends the day before. InvalidMany by field."""
    check_may(actor, Permission.SERVICE_SET)
    siblings = _siblings(new.code.strip())
    rate, from_on = _checked(new, siblings)
    for row in siblings:
        if row.unit == new.unit and (row.until_on is None or row.until_on >= from_on):
            before = _facts(row)
            row.until_on, row.updated_at = from_on - ONE_DAY, now
            audit.record(actor, "limit.changed", row, now, before=before, after=_facts(row))
    row = LiabilityLimit(
        code=new.code.strip(), mode=new.mode, unit=new.unit, rate=rate, source=new.source.strip()[:200],
        from_on=from_on, only_declared=new.only_declared,
    )  # fmt: skip
    db.session.add(row)
    audit.record(actor, "limit.changed", row, now, after=_facts(row))
    return row


def switch(limit: LiabilityLimit, actor: Viewer, now: datetime) -> LiabilityLimit:
    """Out of the table, or back in; claims that were decided keep what was worked out for them."""
    check_may(actor, Permission.SERVICE_SET)
    before = _facts(limit)
    if not limit.active and _overlapped(limit):
        raise NotAllowedNow(t("Another row of the same limit counts on these days."))
    limit.active, limit.updated_at = not limit.active, now
    audit.record(actor, "limit.changed", limit, now, before=before, after=_facts(limit))
    return limit


def _siblings(code: str) -> list[LiabilityLimit]:
    wanted = select(LiabilityLimit).where(LiabilityLimit.code == code, LiabilityLimit.active)
    return list(db.session.scalars(wanted.with_for_update().order_by(LiabilityLimit.from_on)))


def _overlapped(limit: LiabilityLimit) -> bool:
    return any(
        row.unit == limit.unit
        and row.from_on <= (limit.until_on or date.max)
        and limit.from_on <= (row.until_on or date.max)
        for row in _siblings(limit.code)
    )


def _checked(new: NewLimit, siblings: list[LiabilityLimit]) -> tuple[Decimal, date]:
    """The rate and the first day; InvalidMany for what is wrong anywhere."""
    wrong = {**_wrong_words(new), **_wrong_beside(new, siblings)}
    if new.rate is None or new.rate <= 0:
        wrong["rate"] = t("The amount must be above zero.")
    if new.from_on is None:
        wrong["from_on"] = t("Say from which day on.")
    if wrong or new.rate is None or new.from_on is None:
        raise InvalidMany(wrong)
    return new.rate, new.from_on


def _wrong_words(new: NewLimit) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if not 1 <= len(new.code.strip()) <= LONGEST_CODE:
        wrong["code"] = t("A code of 1 to %(most)s signs.", most=LONGEST_CODE)
    if new.mode not in set(Mode):
        wrong["mode"] = t("Choose how the goods travelled.")
    if new.unit not in set(LimitUnit):
        wrong["unit"] = t("Choose what the limit is counted in.")
    if len(new.source.strip()) < 2:
        wrong["source"] = t("Say which law or rule says so.")
    return wrong


def _wrong_beside(new: NewLimit, siblings: list[LiabilityLimit]) -> dict[str, Text]:
    """What does not go together with the rows of the same code."""
    wrong: dict[str, Text] = {}
    later = [row for row in siblings if new.from_on is not None and row.from_on >= new.from_on]
    if any(row.unit == new.unit for row in later):
        wrong["from_on"] = t("A later row of this limit is there already.")
    if any((row.unit in SDR_UNITS) != (new.unit in SDR_UNITS) for row in siblings):
        wrong["unit"] = t("One limit is counted in SDR or in money, not in both.")
    if any(row.mode != new.mode for row in siblings):
        wrong["mode"] = t("This code belongs to another way of carriage.")
    return wrong


def _facts(row: LiabilityLimit) -> dict[str, str]:
    """The row as its history keeps it."""
    return {
        "code": row.code, "mode": row.mode, "unit": row.unit, "rate": f"{row.rate:f}", "from": str(row.from_on),
        "until": str(row.until_on or ""), "source": row.source, "active": "no" if row.active is False else "yes",
    }  # fmt: skip
