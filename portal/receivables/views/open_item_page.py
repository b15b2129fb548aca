"""Everything that the desk's page of one open item shows: its postings, and what may be said and done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy import select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.models import Receivable, ReceivablePosting
from portal.billing.rules.kinds import POSTING_WORDS, PostingKind, ReceivableKind
from portal.db import audit
from portal.db.base import db
from portal.kernel import clock
from portal.receivables import labels
from portal.receivables.forms.collecting import DisputedForm, PromiseForm, WriteOffForm
from portal.receivables.models import Allocation
from portal.receivables.queries import receipts
from portal.receivables.rules.ageing import disputed_part, overdue_days
from portal.receivables.views.desk_door import people
from portal.receivables.views.squaring_parts import set_off
from portal.web.labels import Label
from portal.web.timeline import happenings


@dataclass(frozen=True, slots=True)
class Steps:
    """The forms of an open item; None for a step that is not to be taken, or not by this viewer."""

    promise: PromiseForm | None = None
    disputed: DisputedForm | None = None
    write_off: WriteOffForm | None = None


def steps(row: Receivable) -> Steps:
    """What this viewer may do about it now."""
    owed = row.open_amount > 0
    opening = row.kind == ReceivableKind.OPENING and owed
    return Steps(
        promise=PromiseForm(prefix="promise-") if owed and g.viewer.may(P.DUNNING_SEND) else None,
        disputed=DisputedForm(prefix="disputed-", data={"amount": row.disputed_amount})
        if opening and g.viewer.may(P.RECEIPT_RECORD)
        else None,
        write_off=WriteOffForm(prefix="off-", data={"version": str(row.version)})
        if row.open_amount and g.viewer.may(P.CREDIT_APPROVE)
        else None,
    )


def label_of(row: Any, open_amount: Any = None) -> Label:
    """The chip of an open item today."""
    left = row.open_amount if open_amount is None else open_amount
    if left == 0:
        return labels.SETTLED
    if left < 0:
        return labels.CREDIT_LEFT
    today = clock.today()
    if disputed_part(left, row.disputed_amount) == left:
        return labels.DISPUTED
    if row.promised_on is not None and today <= row.promised_on:
        return labels.PROMISED
    return labels.OVERDUE if overdue_days(row.due_on, today) else labels.NOT_DUE


def context(row: Receivable, forms: Steps | None = None) -> dict[str, Any]:
    """The page of an open item that was fetched for the viewer."""
    posted = _postings(row)
    return {
        "row": row,
        "label": label_of(row),
        "late": overdue_days(row.due_on, clock.today()) if row.open_amount > 0 else 0,
        "postings": [(each, POSTING_WORDS[PostingKind(each.kind)]) for each in posted],
        "receipts": _receipts(row),
        "steps": forms or steps(row),
        **set_off(row),
        "names": people(each.by_id for each in posted),
        "entries": happenings(audit.timeline(row, public_only=False)),
    }


def _postings(row: Receivable) -> list[ReceivablePosting]:
    wanted = visible(select(ReceivablePosting), ReceivablePosting, g.viewer).where(
        ReceivablePosting.receivable_id == row.id
    )
    return list(db.session.scalars(wanted.order_by(ReceivablePosting.on, ReceivablePosting.id)))


def _receipts(row: Receivable) -> dict[int, Allocation]:
    """Allocation id → the allocation with its receipt, for those who may see receipts."""
    if not g.viewer.may(P.RECEIPT_SEE):
        return {}
    return {each.id: each for each in receipts.payments_of(row.id, g.viewer)}
