"""Points at the desk: who has how many, a customer's ledger, adjustments, the rules."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.catalogue.labels import CATEGORIES
from portal.customers.models import Customer
from portal.customers.rules.kinds import SEGMENTS
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.loyalty.actions import adjusting, redeeming
from portal.loyalty.forms.points import AdjustForm, RuleForm
from portal.loyalty.models import PointsRule, Redemption
from portal.loyalty.queries import points
from portal.loyalty.views.points_list import POINTS_LIST, ledger_list
from portal.loyalty.views.standing import context
from portal.web import doors
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.words import say

bp = doors.desk("points", __name__)


@bp.get("/points")
@requires(P.POINTS_SEE)
def index() -> Any:
    """Every customer with points."""
    sums = points.sums(g.viewer)
    return list_page(POINTS_LIST, points.accounts(g.viewer), "loyalty/desk_index.html", sums=sums)


@bp.get("/points/customers/<int:customer_id>")
@requires(P.POINTS_SEE)
def show(customer_id: int) -> Any:
    """One customer's points and their ledger."""
    customer = fetch(Customer, customer_id)
    rows = points.entries(customer.id, g.viewer)
    shown = {**context(customer), "form": AdjustForm(formdata=None)}
    return list_page(ledger_list(staff=True), rows, "loyalty/desk_show.html", **shown)


@bp.route("/points/customers/<int:customer_id>/adjust", methods=["GET", "POST"])
@requires(P.POINTS_EDIT)
@once
def adjust(customer_id: int) -> Any:
    """More or fewer points by hand."""
    customer, form = fetch(Customer, customer_id), AdjustForm()
    if form.validate_on_submit() and attempted(form, lambda: _adjusted(customer, form)) is not None:
        flash(_("Written into the ledger."), "success")
        return redirect(url_for("desk_points.show", customer_id=customer_id), 303)
    return form_page("loyalty/desk_adjust.html", form, **context(customer))


@bp.post("/points/redemptions/<int:redemption_id>/cancel")
@requires(P.POINTS_EDIT)
def cancel(redemption_id: int) -> Any:
    """Take a redemption back before its credit stands on a statement."""
    row, reason = fetch(Redemption, redemption_id), request.form.get("reason", "")
    there: Any = redirect(url_for("desk_points.show", customer_id=row.customer_id), 303)
    try:
        redeeming.cancel(row, reason, g.viewer, clock.now())
    except (Invalid, NotAllowedNow) as error:
        flash(say(error.text), "error")
        there.headers["X-Refused"] = "1"
        return there
    flash(_("Cancelled. The points are there again."), "success")
    return there


@bp.route("/points/rules", methods=["GET", "POST"])
@requires(P.POINTS_EDIT)
def rules() -> Any:
    """The rules with their first days, and the next ones."""
    rows = points.rule_rows()
    begun = (row for row in rows if row.from_on <= clock.today())
    form = RuleForm(data=_begun(next(begun, rows[0] if rows else None)))
    if form.validate_on_submit():
        verb = lambda: adjusting.set_rule(form.facts(), g.viewer, clock.now())  # noqa: E731
        if attempted(form, verb) is not None:
            flash(_("In force from its first day on. What was earned stays as it was."), "success")
            return redirect(url_for("desk_points.rules"), 303)
    return form_page(
        "loyalty/desk_rules.html", form, rules=rows, today=clock.today(), categories=CATEGORIES, tiers=SEGMENTS
    )  # fmt: skip


@bp.post("/points/rules/<int:points_rule_id>/remove")
@requires(P.POINTS_EDIT)
def remove_rule(points_rule_id: int) -> Any:
    """A rule that has not begun is taken out again."""
    there: Any = redirect(url_for("desk_points.rules"), 303)
    try:
        adjusting.remove_rule(fetch(PointsRule, points_rule_id), g.viewer, clock.now())
    except NotAllowedNow as error:
        flash(say(error.text), "error")
        there.headers["X-Refused"] = "1"
        return there
    flash(_("Removed."), "success")
    return there


def _adjusted(customer: Customer, form: AdjustForm) -> object:
    verb = adjusting.reward if form.way.data == "bonus" else adjusting.adjust
    return verb(customer, form.change.data or 0, form.reason.data or "", g.viewer, clock.now())


def _begun(row: PointsRule | None) -> dict[str, Any]:
    """The form begins with the rules in force, from today on."""
    today = {"from_on": clock.today()}
    if row is None:
        return {**today, "active": True, "currency": "CNY", "minimum": 100, "months_valid": 24}
    names = ("active", "currency", "per_amount", "value", "minimum", "months_valid", "categories")
    rule = points.as_rule(row)
    factors = {f"factor_{tier}": rule.factors.get(tier) for tier in SEGMENTS}
    return {**today, **{name: getattr(row, name) for name in names}, **factors}
