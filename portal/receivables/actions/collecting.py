"""Talking about what is owed: promises to pay, calls, and open items from the old books that are disputed (R10)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.billing.actions import owing
from portal.billing.models import Receivable
from portal.billing.rules.kinds import ReceivableKind
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.money import format_money, round_money
from portal.kernel.text import t
from portal.receivables.models import DunningNotice
from portal.receivables.rules.kinds import Channel

CALLED = (Channel.PHONE, Channel.PERSON)


def promise(
    receivable: Receivable, on: date, note: str, actor: Viewer, now: datetime
) -> Receivable:
    """The customer says that it pays by `on`: until then nobody is reminded of it. Invalid at "promised_on"."""
    _check_promise(on, business_day(now))
    (row,) = owing.hold([receivable.id])
    if row.open_amount <= 0:
        raise NotAllowedNow(t("Nothing is open here any more."))
    row.promised_on = on
    reason = note.strip()[:500] or None
    audit.record(actor, "receivable.promised", row, now, after={"on": on}, reason=reason)
    return row


def log_call(
    notice: DunningNotice, note: str, promised_on: date | None, actor: Viewer, now: datetime
) -> None:
    """What came of a call or of a person's step; a promise counts for everything that the reminder names.

    Calling again replaces what was noted; history keeps both.
    """
    if Channel(notice.channel) not in CALLED:
        raise NotAllowedNow(t("Only calls and what a person does are noted here."))
    if not note.strip():
        raise Invalid(t("Say what was talked about."), "note")
    if promised_on is not None:
        _check_promise(promised_on, business_day(now))
    notice.note, notice.promised_on = note.strip()[:1000], promised_on
    notice.by_id, notice.at = actor.user_id, now
    db.session.flush()
    after = {"promised_on": promised_on, "note": notice.note}
    audit.record(actor, "dunning.called", notice, now, after=after)
    if promised_on is None:
        return
    for row in owing.hold(int(each["id"]) for each in notice.receivables):
        if row.open_amount > 0:
            row.promised_on = promised_on
            audit.record(actor, "receivable.promised", row, now, after={"on": promised_on})


def note_disputed(
    receivable: Receivable, amount: Decimal, reason: str, actor: Viewer, now: datetime
) -> Receivable:
    """How much of an open item from the old books is disputed (0: nothing any more).

    A statement's lines are disputed one by one by the customer: NotAllowedNow for its receivable.
    """
    if not reason.strip():
        raise Invalid(t("Say why."), "reason")
    (row,) = owing.hold([receivable.id])
    if row.kind != ReceivableKind.OPENING:
        raise NotAllowedNow(t("The lines of a statement are disputed on the statement."))
    most = max(row.open_amount, Decimal(0))
    if not 0 <= amount <= most or round_money(amount, row.currency) != amount:
        text = t("From zero to %(most)s.", most=format_money(most, row.currency))
        raise Invalid(text, "amount")
    before, row.disputed_amount = {"disputed": row.disputed_amount}, amount
    after, why = {"disputed": amount}, reason.strip()[:500]
    audit.record(actor, "receivable.disputed", row, now, before=before, after=after, reason=why)
    return row


def _check_promise(on: date, today: date) -> None:
    if on < today:
        raise Invalid(t("Choose a day from today on."), "promised_on")
