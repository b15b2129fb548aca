"""Holds at the desk: set and released, lifted until a day by two people, and the blacklist."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.receivables.actions import holds
from portal.receivables.forms.settlement import BlacklistForm, LiftForm
from portal.receivables.models import HoldLift
from portal.receivables.views import settlement_page as shown
from portal.receivables.views.desk_door import customer_of, reason, seen
from portal.receivables.views.desk_door import settlement_door as bp
from portal.web.forms import tried
from portal.web.pages import refused
from portal.web.stepping import done_at

CUSTOMER = "receivables/desk_terms.html"


@bp.post("/settlement/customers/<int:customer_id>/hold")
@requires(P.HOLD_SET)
def hold(customer_id: int) -> Response:
    """No new orders until somebody releases it."""
    verb = partial(holds.hold, customer_of(customer_id), reason(), g.viewer, clock.now())
    return done_at(_url(customer_id), _("On hold: no new orders until it is released."), verb)


@bp.post("/settlement/customers/<int:customer_id>/release")
@requires(P.HOLD_APPROVE)
def release(customer_id: int) -> Response:
    """Orders are welcome again."""
    verb = partial(holds.release, customer_of(customer_id), reason(), g.viewer, clock.now())
    return done_at(_url(customer_id), _("Released."), verb)


@bp.post("/settlement/customers/<int:customer_id>/lift")
@requires(P.HOLD_SET)
def propose_lift(customer_id: int) -> Any:
    """Ask somebody else to let orders in until a day."""
    row, form = customer_of(customer_id), LiftForm(prefix="lift-")
    if form.validate_on_submit():
        facts = (row, form.until_on.data, form.reason.data or "", g.viewer, clock.now())
        if tried(form, lambda: holds.propose_lift(*facts)) is not None:
            flash(_("Proposed. Somebody else approves it."), "success")
            return redirect(_url(customer_id), 303)
    return refused(CUSTOMER, **shown.context(row, {"lift": form}))


@bp.post("/settlement/lifts/<int:lift_id>/approve")
@requires(P.HOLD_APPROVE)
def approve_lift(lift_id: int) -> Response:
    """Let orders in until the day."""
    row = fetch(HoldLift, lift_id)

    def verb() -> None:
        seen(row)
        holds.approve_lift(row, g.viewer, clock.now())

    said = _("Approved: orders are taken until that day.")
    return done_at(_url(row.customer_id), said, verb)


@bp.post("/settlement/lifts/<int:lift_id>/refuse")
@requires(P.HOLD_APPROVE)
def refuse_lift(lift_id: int) -> Response:
    """The hold stays."""
    row = fetch(HoldLift, lift_id)
    verb = partial(holds.refuse_lift, row, reason(), g.viewer, clock.now())
    return done_at(_url(row.customer_id), _("Refused. The hold stays."), verb)


@bp.post("/settlement/lifts/<int:lift_id>/withdraw")
@requires(P.HOLD_SET)
def withdraw_lift(lift_id: int) -> Response:
    """Take one's own proposal back."""
    row = fetch(HoldLift, lift_id)
    verb = partial(holds.withdraw_lift, row, g.viewer, clock.now())
    return done_at(_url(row.customer_id), _("Withdrawn."), verb)


@bp.post("/settlement/customers/<int:customer_id>/blacklist")
@requires(P.HOLD_APPROVE)
def blacklist(customer_id: int) -> Any:
    """No quotation, no order, no credit."""
    row, form = customer_of(customer_id), BlacklistForm(prefix="black-")
    if form.validate_on_submit():

        def verb() -> bool:
            holds.blacklist(row, form.reason.data or "", form.until_on.data, g.viewer, clock.now())
            return True

        if tried(form, verb):
            flash(_("Blacklisted. What is owed is still collected."), "success")
            return redirect(_url(customer_id), 303)
    return refused(CUSTOMER, **shown.context(row, {"blacklist": form}))


@bp.post("/settlement/customers/<int:customer_id>/clear")
@requires(P.HOLD_APPROVE)
def clear(customer_id: int) -> Response:
    """Off the blacklist."""
    verb = partial(holds.clear, customer_of(customer_id), reason(), g.viewer, clock.now())
    return done_at(_url(customer_id), _("Off the blacklist."), verb)


def _url(customer_id: int) -> str:
    return url_for("desk_settlement.customer", customer_id=customer_id)
