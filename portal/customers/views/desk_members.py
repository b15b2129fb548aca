"""A customer's users at the desk."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.accounts import actions as accounts
from portal.customers import actions
from portal.customers.models import Customer, Membership
from portal.customers.views.door import desk
from portal.customers.views.editing import Clashes, edited
from portal.customers.views.granting import changed, grant_form, invitation, invited
from portal.kernel import clock
from portal.web.forms import attempted, form_page


@desk.route("/customers/<int:customer_id>/members/new", methods=["GET", "POST"])
@requires(P.MEMBER_EDIT)
def new_member(customer_id: int) -> Any:
    """Invite a user of the customer."""
    customer = fetch(Customer, customer_id)
    form = invitation([customer])
    if form.validate_on_submit() and (new := attempted(form, lambda: invited(form, [customer]))):
        flash(_("%(name)s is a user of this customer now.", name=new.user.name), "success")
        return _back(customer_id)
    return form_page("customers/member_new.html", form, customer=customer)


@desk.route("/members/<int:membership_id>", methods=["GET", "POST"])
@requires(P.MEMBER_EDIT)
def edit_member(membership_id: int) -> Any:
    """Change what a user may do."""
    membership = fetch(Membership, membership_id)
    form = grant_form(membership)
    clashes: Clashes = ()
    if form.validate_on_submit():
        saved, clashes = edited(form, membership, lambda: changed(membership, form))
        if saved:
            flash(_("Saved."), "success")
            return _back(membership.customer_id)
    shown = {"membership": membership, "customer": membership.customer, "clashes": clashes}
    return form_page("customers/member.html", form, **shown)


@desk.post("/members/<int:membership_id>/end")
@requires(P.MEMBER_EDIT)
def end_member(membership_id: int) -> Response:
    """End a user's access at once."""
    membership = fetch(Membership, membership_id)
    back = _back(membership.customer_id)
    flash(_("%(name)s has no access any more.", name=membership.user.name), "success")
    actions.end_member(membership, g.viewer, clock.now())
    return back


@desk.post("/members/<int:membership_id>/invite")
@requires(P.MEMBER_EDIT)
def invite_member_again(membership_id: int) -> Response:
    """Mail the invitation once more."""
    membership = fetch(Membership, membership_id)
    accounts.invite_again(membership.user, g.viewer, clock.now())
    email = membership.user.email
    flash(_("The invitation is on its way to %(email)s.", email=email), "success")
    return _back(membership.customer_id)


def _back(customer_id: int) -> Response:
    return redirect(url_for("desk_customers.show", customer_id=customer_id))  # type: ignore[return-value]
