"""A customer's points: how many, until when, what they were for; redeemed in one step."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.kernel import clock
from portal.kernel.errors import NotAllowedNow, NotFound
from portal.kernel.money import format_money
from portal.loyalty.actions import redeeming
from portal.loyalty.forms.points import RedeemForm
from portal.loyalty.models import Redemption
from portal.loyalty.queries import points
from portal.loyalty.views.points_list import ledger_list
from portal.loyalty.views.standing import context
from portal.web.doors import my
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.words import say

bp = my("points", __name__)


@bp.get("/points")
@requires(P.POINTS_SEE)
def index() -> Any:
    """Balance, expiry, ledger."""
    customer = _own()
    rows = points.entries(customer.id, g.viewer)
    shown = {**context(customer), "form": RedeemForm(formdata=None)}
    return list_page(ledger_list(staff=False), rows, "loyalty/my_index.html", **shown)


@bp.route("/points/redeem", methods=["GET", "POST"])
@requires(P.POINTS_REDEEM)
@once
def redeem() -> Any:
    """Points become a credit on the next statement."""
    customer, form = _own(), RedeemForm()
    if form.validate_on_submit():
        row = attempted(form, lambda: _redeemed(customer, form))
        if row is not None:
            worth = format_money(row.amount, row.currency)
            flash(
                _("Redeemed: %(worth)s stand on your next statement as a credit.", worth=worth),
                "success",
            )
            return redirect(url_for("my_points.index"), 303)
    return form_page("loyalty/my_redeem.html", form, **context(customer))


def _redeemed(customer: Customer, form: RedeemForm) -> Redemption | None:
    try:
        return redeeming.redeem(customer, form.points.data or 0, g.viewer, clock.now())
    except NotAllowedNow as error:
        flash(say(error.text), "error")
        return None


def _own() -> Customer:
    if g.viewer.customer_id is None:
        raise NotFound()
    return load(Customer, g.viewer.customer_id, g.viewer, P.POINTS_SEE)
