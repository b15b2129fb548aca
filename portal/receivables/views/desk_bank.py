"""The banks' rows whose payer nobody knows: proposed, matched, left aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers.queries.finding import matching
from portal.kernel import clock
from portal.receivables.actions import bank_files
from portal.receivables.forms.receipts import MatchForm
from portal.receivables.labels import BANK
from portal.receivables.models import BankEntry
from portal.receivables.queries.bank_proposals import proposals
from portal.receivables.rules.kinds import BankState, ReceiptKind
from portal.receivables.views.desk_door import FOUND, chosen_customer, reason, seen
from portal.receivables.views.desk_door import receipt_door as bp
from portal.receivables.views.receipt_list import BANK_LIST, bank_entries
from portal.receivables.views.receipt_tabs import tabs
from portal.web.forms import tried
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.stepping import done_at, fresh

PAGE = "receivables/desk_bank_entry.html"


@bp.get("/receipts/bank")
@requires(P.RECEIPT_RECORD)
def bank() -> Any:
    """Those that wait for a payer, each with who it may be."""
    return list_page(
        BANK_LIST,
        bank_entries(g.viewer),
        "receivables/desk_bank.html",
        beside=lambda rows: {"proposals": proposals(waiting(rows), g.viewer)},
        tabs=tabs("bank"),
    )  # fmt: skip


def waiting(rows: Sequence[BankEntry]) -> list[BankEntry]:
    """Those whose payer is not known."""
    return [each for each in rows if each.state == BankState.UNMATCHED]


@bp.get("/receipts/bank/<int:entry_id>")
@requires(P.RECEIPT_RECORD)
def entry(entry_id: int) -> Any:
    """One row: what the bank says, who may have paid."""
    return page(PAGE, **_context(fetch(BankEntry, entry_id)))


@bp.post("/receipts/bank/<int:entry_id>/match")
@requires(P.RECEIPT_RECORD)
def match(entry_id: int) -> Any:
    """It is this customer's money."""
    row, customer, form = fetch(BankEntry, entry_id), chosen_customer(), MatchForm()
    if customer is not None and form.validate_on_submit() and fresh(form, row):
        kind = ReceiptKind(form.kind.data)
        receipt = tried(form, lambda: bank_files.match(
            row, customer, g.viewer, clock.now(), kind=kind, allocate=form.allocate.data and kind is ReceiptKind.PAYMENT
        ))  # fmt: skip
        if receipt is not None:
            return redirect(url_for(".show", receipt_id=receipt.id), 303)
    return refused(PAGE, **_context(row, form))


@bp.post("/receipts/bank/<int:entry_id>/ignore")
@requires(P.RECEIPT_RECORD)
def ignore(entry_id: int) -> Response:
    """It is no customer's payment."""
    row = fetch(BankEntry, entry_id)

    def verb() -> None:
        seen(row)
        bank_files.ignore(row, reason(), g.viewer, clock.now())

    return done_at(url_for(".bank"), _("Left aside, with the reason."), verb)


def _context(row: BankEntry, form: MatchForm | None = None) -> dict[str, Any]:
    words = request.values.get("q", "").strip()[:80]
    waits = row.state != BankState.MATCHED
    return {
        "row": row,
        "label": BANK[row.state],
        "waits": waits,
        "form": form or MatchForm(data={"version": str(row.version), "allocate": True}),
        "proposed": proposals([row], g.viewer)[row.id] if waits else [],
        "words": words,
        "found": matching(words, g.viewer, FOUND) if words and waits else [],
    }
