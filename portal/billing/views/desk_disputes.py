"""Disputes at the desk: the queue, the page of one with all its evidence, and the decision."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.billing.actions import deciding
from portal.billing.forms.desk import AcceptForm, RejectForm
from portal.billing.models import Dispute
from portal.billing.views.desk_door import check_seen, dispute_of, fresh, reason
from portal.billing.views.desk_door import dispute_door as bp
from portal.billing.views.dispute_list import DISPUTES_LIST, disputes
from portal.billing.views.dispute_page import Decision, context, decision_forms
from portal.billing.views.statement_list import one_customer
from portal.kernel import clock
from portal.web.forms import attempted
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.stepping import done_or_stale

PAGE = "billing/desk_dispute.html"


@bp.get("/disputes")
@requires(P.DISPUTE_SEE)
def index() -> Any:
    """The queue, the oldest first."""
    spec = one_customer(DISPUTES_LIST, Dispute.customer_id)
    return list_page(spec, disputes(g.viewer), "billing/desk_disputes.html")


@bp.get("/disputes/<int:dispute_id>")
@requires(P.DISPUTE_SEE)
def show(dispute_id: int) -> Any:
    """One dispute with the line, the contract's terms and the evidence."""
    dispute = dispute_of(dispute_id)
    return page(PAGE, **context(dispute, decision_forms(dispute)))


@bp.post("/disputes/<int:dispute_id>/take")
@requires(P.DISPUTE_DECIDE)
def take(dispute_id: int) -> Response:
    """I look into it."""
    verb = partial(deciding.take, dispute_of(dispute_id), g.viewer, clock.now())
    return done_or_stale(_to(dispute_id), _("It is yours now."), verb)


@bp.post("/disputes/<int:dispute_id>/accept")
@requires(P.DISPUTE_DECIDE)
def accept(dispute_id: int) -> Any:
    """Grant it, in whole or in part."""
    dispute = dispute_of(dispute_id)
    forms = decision_forms(dispute)
    form, now = forms.accept, clock.now()
    verb = lambda: deciding.accept(  # noqa: E731
        dispute, form.amount.data, form.reason.data or "", g.viewer, now
    )
    return _decided(dispute, forms, form, verb)


@bp.post("/disputes/<int:dispute_id>/reject")
@requires(P.DISPUTE_DECIDE)
def reject(dispute_id: int) -> Any:
    """The line stands."""
    dispute = dispute_of(dispute_id)
    forms = decision_forms(dispute)
    form, now = forms.reject, clock.now()
    verb = lambda: deciding.reject(dispute, form.reason.data or "", g.viewer, now)  # noqa: E731
    return _decided(dispute, forms, form, verb)


@bp.post("/disputes/<int:dispute_id>/approve")
@requires(P.CREDIT_APPROVE)
def approve(dispute_id: int) -> Response:
    """Grant what somebody else proposed."""
    dispute = dispute_of(dispute_id)

    def verb() -> None:
        check_seen(dispute)
        deciding.approve(dispute, g.viewer, clock.now())

    return done_or_stale(_to(dispute_id), _("Granted. The customer is told."), verb)


@bp.post("/disputes/<int:dispute_id>/return")
@requires(P.CREDIT_APPROVE)
def return_to_decider(dispute_id: int) -> Response:
    """Not like this: it is to be decided again."""
    dispute = dispute_of(dispute_id)

    def verb() -> None:
        check_seen(dispute)
        deciding.return_(dispute, reason(), g.viewer, clock.now())

    return done_or_stale(_to(dispute_id), _("Returned. It is to be decided again."), verb)


def _decided(
    dispute: Dispute, forms: Decision, form: AcceptForm | RejectForm, verb: Callable[[], Dispute]
) -> Any:
    """To the dispute's page, or the page again with what was typed."""
    if form.validate_on_submit() and fresh(form, dispute):
        row = attempted(form, verb)
        if row is not None:
            decided = _("Decided. The customer is told.")
            flash(_("It waits for approval.") if row.proposed_amount else decided, "success")
            return _to(dispute.id)
    return refused(PAGE, **context(dispute, forms))


def _to(dispute_id: int) -> Response:
    return redirect(url_for("desk_disputes.show", dispute_id=dispute_id), 303)  # type: ignore[return-value]
