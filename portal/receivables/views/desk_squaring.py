"""What was paid too much goes back; a credit balance is set against what its customer owes; both can be undone."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.billing.models import Receivable
from portal.kernel import clock
from portal.receivables.actions import netting, refunds
from portal.receivables.models import Netting, Receipt, Refund
from portal.receivables.views import receipt_page, squaring_parts
from portal.receivables.views.desk_door import reason, receipt_door, receivable_door, seen
from portal.web.flask_app import once
from portal.web.forms import tried
from portal.web.pages import refused
from portal.web.stepping import done_at


@receipt_door.post("/receipts/<int:receipt_id>/refund")
@once
@requires(P.RECEIPT_RECORD)
def refund(receipt_id: int) -> Any:
    """So much of what is left goes back: a numbered document."""
    receipt = fetch(Receipt, receipt_id, options=(joinedload(Receipt.customer),))
    form = squaring_parts.refund_form(receipt)
    if form.validate_on_submit():
        row = tried(form, lambda: refunds.refund(receipt, form.facts(), g.viewer, clock.now()))
        if row is not None:
            flash(_("Done: document %(number)s.", number=row.number), "success")
            return redirect(url_for("desk_receipts.show", receipt_id=receipt_id), 303)
    return refused("receivables/desk_receipt.html", **receipt_page.context(receipt, refund=form))


@receipt_door.post("/receipts/refunds/<int:refund_id>/undo")
@requires(P.RECEIPT_RECORD)
def undo_refund(refund_id: int) -> Response:
    """It was recorded by mistake, or the money came back."""
    row = fetch(Refund, refund_id)
    verb = partial(refunds.undo, row, reason(), g.viewer, clock.now())
    url = url_for(".show", receipt_id=row.receipt_id)
    return done_at(url, _("Undone: the receipt has it left again."), verb)


@receivable_door.post("/receivables/<int:receivable_id>/net")
@requires(P.RECEIPT_RECORD)
def net(receivable_id: int) -> Response:
    """The credit pays for what is open, oldest due first."""
    credit = fetch(Receivable, receivable_id)

    def verb() -> None:
        seen(credit)
        netting.net(credit, None, clock.today(), g.viewer, clock.now(), credit.version)

    return done_at(
        url_for(".item", receivable_id=receivable_id), _("Set against what was open."), verb
    )


@receivable_door.post("/receivables/nettings/<int:netting_id>/undo")
@requires(P.RECEIPT_RECORD)
def undo_netting(netting_id: int) -> Response:
    """Both sides are open again by as much."""
    row = fetch(Netting, netting_id)
    verb = partial(netting.undo, row, reason(), g.viewer, clock.now())
    url = url_for(".item", receivable_id=row.credit_id)
    return done_at(url, _("Undone: both are open again by as much."), verb)
