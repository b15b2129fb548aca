"""What the page of a carrier's bill shows: what each finding comes to, its tabs, what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.billing.carrier_bill_labels import EXPLAINED, FINDINGS, OPEN, SETTLED
from portal.billing.models import CarrierBill, CarrierBillRow
from portal.billing.rules.carrier_bills import Finding, Sums, altogether
from portal.billing.views.carrier_bill_lists import extras, freight_difference, kg_difference, total
from portal.db import audit
from portal.kernel.text import Text
from portal.web.labels import Label
from portal.web.timeline import happenings
from portal.web.words import say

SHOWN_ENTRIES = 8


@dataclass(frozen=True, slots=True)
class Found:
    """One finding of the table on top: its label, what it comes to, its list."""

    key: str
    label: Label
    sums: Sums
    url: str


def findings(bill: CarrierBill) -> list[Found]:
    """The findings that the bill has, in their usual order."""
    found = []
    for finding in Finding:
        stored = (bill.counts or {}).get(finding.value)
        if stored and stored["waybills"]:
            url = url_for("desk_carrier_bills.show", bill_id=bill.id, finding=finding.value)
            each = Found(finding.value, FINDINGS[finding.value], Sums.from_json(stored), url)
            found.append(each)
    return found


def bill_context(bill: CarrierBill, finding: str) -> dict[str, Any]:
    """All that the page needs besides its list."""
    found = findings(bill)
    whole = altogether(each.sums for each in found)
    everything = url_for("desk_carrier_bills.show", bill_id=bill.id)
    tabs = [(_("All"), everything, not finding, f"{whole.waybills:,}")]
    for each in found:
        count = f"{each.sums.waybills:,}"
        tabs.append((say(each.label.text), each.url, each.key == finding, count))
    return {
        "bill": bill,
        "state": SETTLED if bill.settled_at else OPEN,
        "found": found,
        "whole": whole,
        "tabs": tabs,
        "finding": finding,
        "explained": EXPLAINED.get(finding),
        "entries": happenings(audit.timeline(bill, public_only=False)[:SHOWN_ENTRIES]),
    }


def waybill_context(row: CarrierBillRow) -> dict[str, Any]:
    """All that the page of one waybill needs."""
    return {
        "row": row,
        "bill": row.bill,
        "label": FINDINGS[row.finding],
        "also": [FINDINGS[each] for each in row.also or ()],
        "explained": EXPLAINED[row.finding],
        "unpriced": Text.from_json(row.unpriced) if row.unpriced else None,
        "kg_difference": kg_difference(row),
        "freight_difference": freight_difference(row),
        "extras": extras(row),
        "total": total(row),
        "back": url_for("desk_carrier_bills.show", bill_id=row.bill_id, finding=row.finding),
    }
