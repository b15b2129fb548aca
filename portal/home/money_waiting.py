"""What of money waits for staff: invoices asked for, payments without a payer, decisions about credit, reminders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.db.together import Inquiry, Rows
from portal.home.links import address
from portal.home.queries import CALLED, SHOWN, Part, of, part
from portal.home.rules import Waiting
from portal.kernel.text import t
from portal.receivables.models import HoldLift, SettlementApplication
from portal.receivables.queries import credit
from portal.receivables.queries.dunning_due import calls_count, due_asked
from portal.receivables.queries.invoices import open_requests_count
from portal.receivables.queries.receipts import unmatched

A, H = SettlementApplication, HoldLift


def at_the_desk(viewer: Viewer, today: date) -> list[Part]:
    """For a member of staff, by what the person may do about it."""
    found: list[Part] = []
    if viewer.may(P.INVOICE_REGISTER):
        found.append(part(open_requests_count(viewer), _invoices))
    if viewer.may(P.RECEIPT_RECORD):
        found.append(part(unmatched(), _payments))
    if viewer.may(P.SETTLEMENT_APPROVE):
        asked = of(A, viewer, A.id, CALLED, A.reason).where(A.applied_by != viewer.user_id)
        oldest = credit.pending(asked, A).order_by(A.id).limit(SHOWN)
        found.append(part(oldest, _applications))
    if viewer.may(P.HOLD_APPROVE):
        asked = of(H, viewer, H.customer_id, CALLED, H.until_on, H.reason)
        others = asked.where(H.proposed_by.is_distinct_from(viewer.user_id))
        found.append(part(credit.pending(others, H).order_by(H.id).limit(SHOWN), _lifts))
    if viewer.may(P.DUNNING_SEND):
        due = due_asked(viewer, today)
        found.append(Inquiry(due.asks, lambda *answers: _reminders(due.read(*answers))))
        found.append(part(calls_count(viewer), _calls))
    return found


def _invoices(rows: Rows) -> Iterator[Waiting]:
    if count := rows[0][0]:
        title = t("Invoices asked for: %(count)s", count=count)
        note = t("Issue them, then register their numbers.")
        url = address("desk_invoices.requests", state="open")
        yield Waiting("file-earmark-plus", "info", title, note, url, t("Look at them"))


def _payments(rows: Rows) -> Iterator[Waiting]:
    if count := rows[0][0]:
        title = t("Payments whose payer is not found: %(count)s", count=count)
        note = t("They pay for nothing before somebody says whose they are.")
        url = address("desk_receipts.bank")
        yield Waiting("patch-question", "warn", title, note, url, t("Match"))


def _applications(rows: Rows) -> Iterator[Waiting]:
    for application_id, customer, reason in rows:
        title = t("%(customer)s applies for monthly settlement", customer=customer)
        url = address("desk_settlement.application", application_id=application_id)
        yield Waiting("file-earmark-text", "warn", title, reason[:120], url, t("Decide"))


def _lifts(rows: Rows) -> Iterator[Waiting]:
    for customer_id, customer, until_on, reason in rows:
        told = {"customer": customer, "day": until_on}
        title = t("The hold of %(customer)s is to be lifted until %(day)s", **told)
        url = address("desk_settlement.customer", customer_id=customer_id)
        yield Waiting("unlock", "warn", title, reason[:120], url, t("Decide"))


def _reminders(due: Sequence[Any]) -> Iterator[Waiting]:
    if due:
        title = t("Reminders due today: %(count)s", count=len(due))
        note = t("They are also taken by themselves in the morning.")
        url = address("desk_dunning.index")
        yield Waiting("bell", "info", title, note, url, t("Look at them"))


def _calls(rows: Rows) -> Iterator[Waiting]:
    if count := rows[0][0]:
        title = t("Calls about payment to make: %(count)s", count=count)
        note = t("Note what came of each, and what was promised.")
        url = address("desk_dunning.index")
        yield Waiting("telephone", "warn", title, note, url, t("Call"))
