"""What of money waits for staff: invoices asked for, payments without a payer, decisions about credit, reminders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.home.links import address
from portal.home.queries import SHOWN
from portal.home.rules import Waiting
from portal.kernel.text import t
from portal.receivables.models import HoldLift, SettlementApplication
from portal.receivables.queries.decisions import to_decide
from portal.receivables.queries.dunning_due import calls_to_make, due_today
from portal.receivables.queries.invoices import open_requests
from portal.receivables.queries.receipts import unmatched_count


def at_the_desk(viewer: Viewer, today: date) -> list[Waiting]:
    """For a member of staff, by what the person may do about it."""
    found: list[Waiting] = []
    if viewer.may(P.INVOICE_REGISTER):
        found += _invoices(viewer)
    if viewer.may(P.RECEIPT_RECORD):
        found += _payments()
    if viewer.may(P.SETTLEMENT_APPROVE):
        found += _applications(viewer)
    if viewer.may(P.HOLD_APPROVE):
        found += _lifts(viewer)
    if viewer.may(P.DUNNING_SEND):
        found += _reminders(viewer, today)
    return found


def _invoices(viewer: Viewer) -> Iterator[Waiting]:
    count = open_requests(viewer)
    if count:
        title = t("Invoices asked for: %(count)s", count=count)
        note = t("Issue them, then register their numbers.")
        url = address("desk_invoices.requests", state="open")
        yield Waiting("file-earmark-plus", "info", title, note, url, t("Look at them"))


def _payments() -> Iterator[Waiting]:
    count = unmatched_count()
    if count:
        title = t("Payments whose payer is not found: %(count)s", count=count)
        note = t("They pay for nothing before somebody says whose they are.")
        yield Waiting(
            "patch-question", "warn", title, note, address("desk_receipts.bank"), t("Match")
        )


def _applications(viewer: Viewer) -> Iterator[Waiting]:
    for each in to_decide(SettlementApplication, viewer)[:SHOWN]:
        if each.applied_by != viewer.user_id:
            title = t("%(customer)s applies for monthly settlement", customer=each.customer.label)
            url = address("desk_settlement.application", application_id=each.id)
            yield Waiting("file-earmark-text", "warn", title, each.reason[:120], url, t("Decide"))


def _lifts(viewer: Viewer) -> Iterator[Waiting]:
    for each in to_decide(HoldLift, viewer)[:SHOWN]:
        if each.proposed_by != viewer.user_id:
            told = {"customer": each.customer.label, "day": each.until_on}
            title = t("The hold of %(customer)s is to be lifted until %(day)s", **told)
            url = address("desk_settlement.customer", customer_id=each.customer_id)
            yield Waiting("unlock", "warn", title, each.reason[:120], url, t("Decide"))


def _reminders(viewer: Viewer, today: date) -> Iterator[Waiting]:
    due, calls = len(due_today(viewer, today)), len(calls_to_make(viewer))
    url = address("desk_dunning.index")
    if due:
        title = t("Reminders due today: %(count)s", count=due)
        note = t("They are also taken by themselves in the morning.")
        yield Waiting("bell", "info", title, note, url, t("Look at them"))
    if calls:
        title = t("Calls about payment to make: %(count)s", count=calls)
        note = t("Note what came of each, and what was promised.")
        yield Waiting("telephone", "warn", title, note, url, t("Call"))
