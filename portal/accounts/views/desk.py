"""Staff: who works here, in which roles; invite, change, block."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from portal.access.guards import fresh, requires
from portal.access.labels import ROLE_LABELS
from portal.access.permissions import Permission, Role
from portal.accounts import actions, queries, sessions
from portal.accounts.actions import sign_ins as ending
from portal.accounts.forms import InviteForm, RolesForm
from portal.accounts.labels import state_of
from portal.accounts.lists import STAFF
from portal.accounts.models import User
from portal.accounts.views.places import Place, chosen, drawn
from portal.db import audit
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.kernel.text import t
from portal.web.doors import desk
from portal.web.forms import attempted
from portal.web.listing import list_page
from portal.web.pages import page, refused

bp = desk("accounts", __name__)


@bp.get("/staff")
@requires(Permission.USER_SEE)
def staff() -> Any:
    """Everybody of the firm."""
    return list_page(STAFF, queries.staff(), "accounts/staff.html")


@bp.route("/staff/new", methods=["GET", "POST"])
@requires(Permission.USER_EDIT)
@fresh(t("Invite a member of staff"))
def invite() -> Any:
    """Invite a member of staff."""
    form = InviteForm(locale=g.viewer.locale)
    if not form.validate_on_submit():
        return (
            refused("accounts/invite.html", form=form)
            if form.errors
            else page("accounts/invite.html", form=form)
        )
    user = attempted(form, lambda: _invited(form))
    if user is None:
        return refused("accounts/invite.html", form=form)
    flash(_("The invitation is on its way to %(email)s.", email=user.email), "success")
    return redirect(url_for(".person", user_id=user.id))


@bp.get("/staff/<int:user_id>")
@requires(Permission.USER_SEE)
def person(user_id: int) -> Any:
    """One member of staff: state, roles, history."""
    return page("accounts/person.html", **_about(_member(user_id)))


@bp.post("/staff/<int:user_id>/roles")
@requires(Permission.USER_EDIT)
@fresh(t("Change the roles of a member of staff"))
def roles(user_id: int) -> Any:
    """Change the roles."""
    user, form = _member(user_id), RolesForm()
    if form.validate_on_submit() and attempted(form, lambda: _changed(user, form)):
        flash(_("The roles are changed."), "success")
        return redirect(url_for(".person", user_id=user_id))
    return refused("accounts/person.html", **_about(user, form))


@bp.post("/staff/<int:user_id>/invite")
@requires(Permission.USER_EDIT)
def invite_again(user_id: int) -> Response:
    """Send a fresh invitation; the old link is void."""
    user = _member(user_id)
    actions.invite_again(user, g.viewer, clock.now())
    flash(_("The invitation is on its way to %(email)s.", email=user.email), "success")
    return redirect(url_for(".person", user_id=user_id))


@bp.post("/staff/<int:user_id>/block")
@requires(Permission.USER_EDIT)
@fresh(t("Block a sign-in"))
def block(user_id: int) -> Response:
    """Block the sign-in."""
    reason = request.form.get("reason", "")
    actions.deactivate(_member(user_id), g.viewer, clock.now(), reason=reason)
    flash(_("The sign-in is blocked and every session ended."), "success")
    return redirect(url_for(".person", user_id=user_id))


@bp.post("/staff/<int:user_id>/allow")
@requires(Permission.USER_EDIT)
@fresh(t("Allow a sign-in again"))
def allow(user_id: int) -> Response:
    """Allow it again."""
    actions.reactivate(_member(user_id), g.viewer, clock.now())
    flash(_("The sign-in is allowed again."), "success")
    return redirect(url_for(".person", user_id=user_id))


@bp.post("/staff/<int:user_id>/sign-ins/end")
@requires(Permission.USER_EDIT)
@fresh(t("End somebody's sign-in"))
def end_sign_in(user_id: int) -> Response:
    """Sign somebody out of one device, or of all."""
    user = _member(user_id)
    if not ending.end_for(user, chosen(request.form), g.viewer, clock.now()):
        raise NotFound()
    flash(_("%(name)s is signed out there.", name=user.name), "success")
    return redirect(url_for(".person", user_id=user_id))


@bp.post("/staff/<int:user_id>/second-factor")
@requires(Permission.USER_EDIT)
@fresh(t("Remove somebody's second factor"))
def remove_second_factor(user_id: int) -> Response:
    """Let somebody in who lost the phone."""
    actions.remove_second_factor(_member(user_id), g.viewer, clock.now())
    flash(_("The second factor is removed."), "success")
    return redirect(url_for(".person", user_id=user_id))


def _member(user_id: int) -> User:
    return queries.staff_member(user_id, g.viewer, g.guard_permission)


def _invited(form: InviteForm) -> User:
    return actions.invite_staff(
        form.email.data, form.name.data, form.locale.data, form.chosen, g.viewer, clock.now()
    )


def _changed(user: User, form: RolesForm) -> bool:
    version = int(form.version.data) if (form.version.data or "").isdigit() else user.version
    actions.change_roles(user, form.chosen, g.viewer, clock.now(), version=version)
    return True


def _places(user: User, may_edit: bool) -> list[Place]:
    """Where somebody is signed in, for whoever may end it."""
    if not may_edit:
        return []
    return drawn(queries.open_sign_ins(user.id, sessions.lifetimes().idle, clock.now()))


def _about(user: User, form: RolesForm | None = None) -> dict[str, Any]:
    may_edit = g.viewer.may(Permission.USER_EDIT) and user.id != g.viewer.user_id
    return {
        "user": user,
        "state": state_of(user),
        "held": [ROLE_LABELS[role] for role in Role if role in user.role_set],
        "form": form or RolesForm(roles=[row.role for row in user.roles], version=user.version),
        "entries": audit.timeline(user, public_only=False),
        "may_edit": may_edit,
        "places": _places(user, may_edit),
    }
