"""The customer's side: its own users, and for which customer one acts."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Response, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires, signed_in
from portal.access.permissions import Permission as P
from portal.accounts import actions as accounts
from portal.customers import actions, queries
from portal.customers.models import Membership
from portal.customers.views import door
from portal.customers.views.editing import Clashes, edited
from portal.customers.views.granting import (
    changed,
    customers_of,
    grant_form,
    invitation,
    invited,
    lost_own_place,
)
from portal.customers.views.member_states import drawn_members
from portal.kernel import clock
from portal.web.forms import attempted, form_page
from portal.web.pages import page

bp = door.my


@bp.get("/users")
@requires(P.MEMBER_SEE)
def members() -> Any:
    """Our users, by the customer or branch they belong to."""
    drawn = drawn_members(queries.members(g.viewer))
    grouped = groupby(drawn, key=lambda each: each.membership.customer)
    return page("customers/my_members.html", grouped=[(c, list(rows)) for c, rows in grouped])


@bp.route("/users/new", methods=["GET", "POST"])
@requires(P.MEMBER_EDIT)
def new_member() -> Any:
    """Invite a colleague."""
    customers = customers_of(g.viewer)
    form = invitation(customers)
    if form.validate_on_submit() and (new := attempted(form, lambda: invited(form, customers))):
        flash(_("%(name)s is one of your users now.", name=new.user.name), "success")
        return redirect(url_for(".members"))
    return form_page("customers/my_member_new.html", form)


@bp.route("/users/<int:membership_id>", methods=["GET", "POST"])
@requires(P.MEMBER_EDIT)
def edit_member(membership_id: int) -> Any:
    """Change what a colleague may do."""
    membership = fetch(Membership, membership_id)
    form = grant_form(membership)
    clashes: Clashes = ()
    if form.validate_on_submit():
        saved, clashes = edited(form, membership, lambda: changed(membership, form))
        if saved:
            flash(_("Saved."), "success")
            return _after(membership, membership.power_set)
    return form_page("customers/my_member.html", form, membership=membership, clashes=clashes)


@bp.post("/users/<int:membership_id>/end")
@requires(P.MEMBER_EDIT)
def end_member(membership_id: int) -> Response:
    """End a colleague's access at once."""
    membership = fetch(Membership, membership_id)
    after = _after(membership, frozenset())
    flash(_("%(name)s has no access any more.", name=membership.user.name), "success")
    actions.end_member(membership, g.viewer, clock.now())
    return after


@bp.post("/users/<int:membership_id>/invite")
@requires(P.MEMBER_EDIT)
def invite_member_again(membership_id: int) -> Response:
    """Mail the invitation once more."""
    membership = fetch(Membership, membership_id)
    accounts.invite_again(membership.user, g.viewer, clock.now())
    email = membership.user.email
    flash(_("The invitation is on its way to %(email)s.", email=email), "success")
    return redirect(url_for(".members"))  # type: ignore[return-value]


@bp.post("/customer")
@signed_in
def switch() -> Response:
    """Act for another of one's customers."""
    customer_id = request.form.get("customer_id", type=int) or 0
    actions.choose_customer(customer_id, g.viewer)
    session["customer_id"] = customer_id
    name = dict(g.viewer.switchable)[customer_id]
    flash(_("You act for %(name)s now.", name=name), "success")
    return redirect("/")  # type: ignore[return-value]


def _after(membership: Membership, powers: frozenset[Any]) -> Response:
    """Back to the list, or home for somebody who may not see it any more."""
    target = "/" if lost_own_place(membership, powers) else url_for(".members")
    return redirect(target)  # type: ignore[return-value]
