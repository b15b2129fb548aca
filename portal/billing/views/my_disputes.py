"""The customers' disputes: the list, one followed to its end, withdrawn, raised again once."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.billing.actions import disputing
from portal.billing.forms.my import AgainForm
from portal.billing.models import Dispute
from portal.billing.rules.confirming import may_raise_again
from portal.billing.rules.states import DisputeState, StatementState
from portal.billing.views.my_answers import uploads
from portal.billing.views.my_dispute_list import DISPUTES_LIST, mine
from portal.billing.views.my_dispute_page import context
from portal.billing.views.my_door import dispute_door as bp
from portal.billing.views.my_door import dispute_of
from portal.kernel import clock
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import t
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page

AT = "/disputes/<int:dispute_id>"


@bp.get("/disputes")
@requires(P.DISPUTE_SEE)
def index() -> Any:
    """Everything that we do not agree with, and what became of it."""
    return list_page(DISPUTES_LIST, mine(g.viewer), "billing/my_disputes.html")


@bp.get(AT)
@requires(P.DISPUTE_SEE)
def show(dispute_id: int) -> Any:
    """What we said, how far it is, what was decided and what came back."""
    return page("billing/my_dispute_show.html", **context(dispute_of(dispute_id)))


@bp.post(f"{AT}/withdraw")
@requires(P.DISPUTE_RAISE)
def withdraw(dispute_id: int) -> Response:
    """We agree after all."""
    disputing.withdraw(dispute_of(dispute_id), g.viewer, clock.now())
    flash(_("Withdrawn. The line counts as confirmed."), "success")
    return redirect(_to(dispute_id), 303)  # type: ignore[return-value]


@bp.route(f"{AT}/again", methods=["GET", "POST"])
@once
@requires(P.DISPUTE_RAISE)
def again(dispute_id: int) -> Any:
    """Before a manager, once."""
    dispute, form = dispute_of(dispute_id), AgainForm()
    if request.method == "GET" and not _may(dispute):
        raise NotAllowedNow(t("This dispute cannot be raised again."))
    if form.validate_on_submit() and attempted(form, partial(_again, dispute, form)):
        flash(_("It is before a manager now."), "success")
        return redirect(_to(dispute_id), 303)
    return form_page("billing/my_dispute_again.html", form, dispute=dispute)


def _again(dispute: Dispute, form: AgainForm) -> bool:
    files = uploads(form.files.data)
    disputing.raise_again(dispute, form.text.data or "", g.viewer, clock.now(), files)
    return True


def _may(dispute: Dispute) -> bool:
    states = StatementState(dispute.statement.state), DisputeState(dispute.state)
    return may_raise_again(*states, dispute.level)


def _to(dispute_id: int) -> str:
    return url_for(".show", dispute_id=dispute_id)
