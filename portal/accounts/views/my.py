"""A customer's administrator looks after the sign-ins of the customer's people."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, fresh, requires
from portal.access.permissions import Permission as P
from portal.accounts import queries, sessions
from portal.accounts.actions import sign_ins as ending
from portal.accounts.models import User
from portal.accounts.views.places import chosen, drawn
from portal.customers.models import Membership
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.kernel.text import t
from portal.web.doors import my
from portal.web.pages import page

bp = my("accounts", __name__)


@bp.get("/users/<int:membership_id>/sign-ins")
@requires(P.MEMBER_EDIT)
def sign_ins(membership_id: int) -> Any:
    """Where a colleague is signed in; not from which addresses, which are the person's own."""
    membership = fetch(Membership, membership_id)
    rows = queries.open_sign_ins(membership.user_id, sessions.lifetimes().idle, clock.now())
    return page("accounts/my_person.html", membership=membership, rows=drawn(rows))


@bp.post("/users/<int:membership_id>/sign-ins/end")
@requires(P.MEMBER_EDIT)
@fresh(t("End a colleague's sign-in"))
def end_sign_in(membership_id: int) -> Response:
    """Sign a colleague out of one device, or of all."""
    user: User = fetch(Membership, membership_id).user
    if not ending.end_for(user, chosen(request.form), g.viewer, clock.now()):
        raise NotFound()
    flash(_("%(name)s is signed out there.", name=user.name), "success")
    return redirect(url_for(".sign_ins", membership_id=membership_id))  # type: ignore[return-value]
