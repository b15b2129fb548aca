"""A carrier's bill kept with what the comparison found; differences noted and settled (DOMAIN R11).

What is agreed with the carrier changes our cost, never a customer's price: nothing here touches a statement.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, delete, insert, update

from portal.access.viewer import Viewer
from portal.billing.actions.carrier_bill_comparing import Comparison, Sheet, Terms, compared
from portal.billing.models import CarrierBill, CarrierBillRow
from portal.billing.queries import carrier_bills as queries
from portal.billing.rules.carrier_bills import Charge, Compared, Finding
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.text import t

ROWS = insert(cast(Table, CarrierBillRow.__table__))
LONGEST_CARRIER, LONGEST_NOTE, LONGEST_REASON = 60, 300, 500


class AlreadyRead(NotAllowedNow):
    """The same bill was read before; `bill_id` is the first."""

    code = "already_read"

    def __init__(self, bill: CarrierBill) -> None:
        days = {"starts": bill.starts_on.isoformat(), "ends": bill.ends_on.isoformat()}
        text = t(
            "This bill was read before: %(carrier)s, %(starts)s to %(ends)s.",
            carrier=bill.carrier,
            **days,
        )
        super().__init__(text, "bill")
        self.bill_id = bill.id


def read(
    bill: Sheet,
    own: Sheet | None,
    terms: Terms,
    actor: Viewer,
    now: datetime,
    most_rows: int | None = None,
) -> CarrierBill:
    """Compare and keep: the bill with every waybill. AlreadyRead for a file that was read; else as `compared`."""
    new_mark(bill, terms)
    found = compared(bill, own, terms, actor, most_rows)
    return keep(found, bill, own, terms, actor, now)


def keep(
    found: Comparison, bill: Sheet, own: Sheet | None, terms: Terms, actor: Viewer, now: datetime
) -> CarrierBill:
    """Keep what was compared, with every waybill; AlreadyRead for a file that was read."""
    mark = new_mark(bill, terms)
    row = _bill(found, bill, own, terms)
    row.sha256, row.read_by = mark, actor.user_id
    db.session.add(row)
    db.session.flush()
    db.session.execute(ROWS, [_stored(row.id, each) for each in found.rows])
    after = {"carrier": row.carrier, "file": row.file_name, "billed": str(row.billed_amount)}
    audit.record(actor, "carrier_bill.read", row, now, after=after)
    return row


def new_mark(bill: Sheet, terms: Terms) -> str:
    """The SHA-256 of a bill that was not read before, from a carrier with a name."""
    _check_carrier(terms.carrier)
    body = bill.source.read_bytes() if isinstance(bill.source, Path) else bill.source
    mark = hashlib.sha256(body).hexdigest()
    known = queries.bill_of_file(mark)
    if known is not None:
        raise AlreadyRead(known)
    return mark


def _bill(found: Comparison, bill: Sheet, own: Sheet | None, terms: Terms) -> CarrierBill:
    return CarrierBill(
        carrier=terms.carrier.strip(),
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        currency=terms.currency,
        file_name=bill.name[:160],
        own_file_name=own.name[:160] if own else "",
        tolerance_kg=found.tolerance.kg,
        tolerance_by_price=found.tolerance.by_price,
        tariff_id=terms.tariff.id if terms.tariff else None,
        line_count=found.line_count,
        counts={finding.value: sums.to_json() for finding, sums in found.sums.items()},
        billed_amount=found.whole.total,
    )


def note(row: CarrierBillRow, text: str, actor: Viewer, now: datetime) -> None:
    """What was agreed about one waybill; an empty text takes the note off. NotAllowedNow once the bill is settled."""
    _check_open(row.bill)
    text = _checked(text, LONGEST_NOTE, "note")
    if text == row.settled_note:
        return
    before = {"note": row.settled_note} if row.settled_note else None
    row.settled_note = text
    after = {"waybill": row.waybill, "note": text}
    audit.record(actor, "carrier_bill.noted", row.bill, now, before=before, after=after)


def note_all(bill: CarrierBill, finding: Finding, text: str, actor: Viewer, now: datetime) -> int:
    """The same note on every waybill of a finding that has none yet; how many there were."""
    _check_open(bill)
    text = _checked(text, LONGEST_NOTE, "note")
    if not text:
        raise Invalid(t("This must be filled in."), "note")
    done = db.session.execute(
        update(CarrierBillRow)
        .where(CarrierBillRow.bill_id == bill.id, CarrierBillRow.finding == finding.value)
        .where(CarrierBillRow.settled_note == "")
        .values(settled_note=text)
    )
    count = int(cast(Any, done).rowcount)
    if count:
        after = {"finding": finding.value, "waybills": count, "note": text}
        audit.record(actor, "carrier_bill.noted", bill, now, after=after)
    return count


def settle(bill: CarrierBill, reason: str, actor: Viewer, now: datetime) -> None:
    """Everything about the bill is agreed; its notes stand. Invalid without a reason."""
    _check_open(bill)
    reason = _checked(reason, LONGEST_REASON, "reason")
    if not reason:
        raise Invalid(t("Say how the differences were settled."), "reason")
    bill.settled_at, bill.settled_reason = now, reason
    audit.record(actor, "carrier_bill.settled", bill, now, reason=reason)


def discard(bill: CarrierBill, reason: str, actor: Viewer, now: datetime) -> None:
    """Take a comparison away that was made with the wrong file or terms, so that the bill can be read again."""
    _check_open(bill)
    reason = _checked(reason, LONGEST_REASON, "reason")
    if not reason:
        raise Invalid(t("Say why the comparison is discarded."), "reason")
    before = {"carrier": bill.carrier, "file": bill.file_name, "billed": str(bill.billed_amount)}
    audit.record(actor, "carrier_bill.discarded", bill, now, before=before, reason=reason)
    db.session.execute(delete(CarrierBillRow).where(CarrierBillRow.bill_id == bill.id))
    db.session.expire(bill, ["rows"])
    db.session.delete(bill)
    db.session.flush()


def _check_carrier(carrier: str) -> None:
    if not 0 < len(carrier.strip()) <= LONGEST_CARRIER:
        text = t("The carrier's name, at most %(most)s characters.", most=LONGEST_CARRIER)
        raise Invalid(text, "carrier")


def _check_open(bill: CarrierBill) -> None:
    if bill.settled_at is not None:
        raise NotAllowedNow(t("This bill is settled; its notes stand."))


def _checked(text: str, longest: int, field: str) -> str:
    text = text.strip()
    if len(text) > longest:
        raise Invalid(t("At most %(most)s characters.", most=longest), field)
    return text


def _stored(bill_id: int, row: Compared) -> dict[str, Any]:
    billed, own = row.billed, row.own
    return {
        "bill_id": bill_id,
        "waybill": row.waybill,
        "finding": row.finding.value,
        "also": [each.value for each in row.also],
        "region": billed.region if billed else "",
        "product": billed.product if billed else "",
        "customer": own.customer if own else "",
        "billed_on": billed.on if billed else None,
        "sent_on": own.on if own else None,
        "billed_kg": billed.kg if billed else None,
        "own_kg": own.kg if own else None,
        "freight_amount": row.amount(Charge.FREIGHT),
        "expected_amount": row.expected,
        "own_amount": row.at_own_weight,
        "unpriced": row.unpriced.to_json() if row.unpriced else None,
        "insurance_amount": row.amount(Charge.INSURANCE),
        "return_amount": row.amount(Charge.RETURN),
        "other_amount": row.amount(Charge.OTHER),
        "usage_id": own.usage_id if own else None,
        "settled_note": "",
    }
