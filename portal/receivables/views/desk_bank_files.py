"""Files of the bank at the desk: sent, checked without saving, previewed row by row, applied whole or given up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.jobs.batches import instance, start
from portal.kernel import clock
from portal.kernel.errors import FileProblems, NotFound
from portal.receivables.actions.bank_files import KIND
from portal.receivables.forms.receipts import BankFileForm
from portal.receivables.rules.payers import FOUND_WORDS, FoundBy
from portal.receivables.views.desk_door import receipt_door as bp
from portal.receivables.views.receipt_list import FILES_LIST
from portal.receivables.views.receipt_tabs import tabs
from portal.usage.actions import at_work, batches
from portal.usage.actions.standing import problems_of, standing
from portal.usage.labels import BATCHES
from portal.usage.models import ImportBatch
from portal.usage.queries import records
from portal.web.file_pages import SHOWN_PROBLEMS, begun, problems_response
from portal.web.filters import money
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.stepping import done_at
from portal.web.uploads import received

UPLOAD = "receivables/desk_bank_upload.html"


@bp.get("/receipts/imports")
@requires(P.RECEIPT_RECORD)
def imports() -> Any:
    """Every file that was sent."""
    found = records.batches(KIND)
    return list_page(FILES_LIST, found, "receivables/desk_bank_files.html", tabs=tabs("imports"))


@bp.route("/receipts/import", methods=["GET", "POST"])
@requires(P.RECEIPT_RECORD)
def import_() -> Any:
    """Send a file."""
    form = BankFileForm()
    if form.validate_on_submit():
        try:
            row = attempted(form, lambda: _received(form))
        except FileProblems as error:
            return refused(UPLOAD, form=form, problems=error.problems)
        if row is not None:
            return _begin(row)
    return form_page(UPLOAD, form, problems=())


def _received(form: BankFileForm) -> ImportBatch:
    upload = received(form.file.data, "file", ("xlsx", "csv", "unknown"))
    options = {
        "account": (form.account.data or "").strip(),
        "currency": form.currency.data,
        "allocate": form.allocate.data,
    }
    return batches.receive(
        KIND, upload.body, upload.name, g.viewer, clock.now(), instance(), options
    )


def _begin(row: ImportBatch) -> Response:
    return begun(start, row.id, url_for(".show_import", batch_id=row.id))


def _batch(batch_id: int) -> ImportBatch:
    row = fetch(ImportBatch, batch_id)
    if row.kind != KIND:
        raise NotFound()
    return row


@bp.get("/receipts/imports/<int:batch_id>")
@requires(P.RECEIPT_RECORD)
def show_import(batch_id: int) -> Any:
    """How a file stands: being read, what is wrong, whose money it brings, applied."""
    return page("receivables/desk_bank_file.html", **_context(_batch(batch_id)))


def _context(row: ImportBatch) -> dict[str, Any]:
    file = standing(row, instance(), clock.now())
    counts = file.counts
    return {
        "row": row,
        "state": BATCHES[row.state],
        "counts": counts,
        "applied": file.applied,
        "sums": [money(Decimal(total), code) for code, total in counts.get("amounts", {}).items()],
        "problems": problems_of(row)[:SHOWN_PROBLEMS],
        "lines": [_line(each) for each in counts.get("lines", [])],
        "how_far": file.how_far,
        "is_working": file.is_working,
        "has_stopped": file.has_stopped,
        "can_apply": file.is_ready and bool(counts.get("matched", 0) + counts.get("unmatched", 0)),
    }  # fmt: skip


def _line(line: list[Any]) -> dict[str, Any]:
    """A row of the preview: what the bank says, whose it is and how that was found."""
    number, day, currency, amount, payer, memo, customer, found_by = line
    return {
        "row": number, "day": day, "amount": money(Decimal(amount), currency), "payer": payer, "memo": memo,
        "customer": customer, "why": FOUND_WORDS[FoundBy(found_by)] if found_by else None,
    }  # fmt: skip


@bp.post("/receipts/imports/<int:batch_id>/apply")
@requires(P.RECEIPT_RECORD)
def apply_import(batch_id: int) -> Any:
    """Keep all its rows, or none."""
    row = _batch(batch_id)
    batches.ask_to_apply(row, clock.now())
    return _begin(row)


@bp.post("/receipts/imports/<int:batch_id>/discard")
@requires(P.RECEIPT_RECORD)
def discard_import(batch_id: int) -> Response:
    """Give a file up."""
    row = _batch(batch_id)
    said = _("The file is put aside; nothing of it was saved.")
    return done_at(url_for(".imports"), said, lambda: batches.discard(row, g.viewer, clock.now()))


@bp.post("/receipts/imports/<int:batch_id>/again")
@requires(P.RECEIPT_RECORD)
def import_again(batch_id: int) -> Any:
    """Take up the work on a file whose worker has died, or which failed."""
    row = _batch(batch_id)
    batches.start_again(row, at_work.is_held(instance(), batch_id), clock.now())
    return _begin(row)


@bp.get("/receipts/imports/<int:batch_id>/problems.<kind>")
@requires(P.RECEIPT_RECORD)
def problems(batch_id: int, kind: str) -> Response:
    """All that is wrong with a file, as a table to send back."""
    row = _batch(batch_id)
    return problems_response(kind, row.file_name, problems_of(row))
