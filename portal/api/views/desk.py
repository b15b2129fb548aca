"""Keys of other systems at the desk: the list, a new one, one with its use, its end."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, make_response, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fresh, requires
from portal.access.permissions import Permission as P
from portal.api.actions import keys
from portal.api.forms import KeyForm
from portal.api.labels import key_label
from portal.api.models import ApiToken
from portal.api.queries import keys as queries
from portal.api.queries.named import customers_by_code
from portal.api.rules.keys import USUAL_LIFE, KeyState, hint, last_day, state_on
from portal.api.rules.scopes import SCOPE_WORDS, Scope
from portal.api.views.docs_page import curl
from portal.api.views.lists import KEYS
from portal.db import audit
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.web.doors import desk
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done, typed

bp = desk("api", __name__)
ISSUING = t("Issuing a key for another system")


@bp.get("/keys")
@requires(P.API_SEE)
def index() -> Any:
    """Every key."""
    return list_page(KEYS, queries.key_list(), "api/index.html")


@bp.route("/keys/new", methods=["GET", "POST"])
@requires(P.API_EDIT)
@fresh(ISSUING)
def new() -> Any:
    """A new key; it is shown in the answer and never again."""
    form = KeyForm(expires_on=clock.today() + USUAL_LIFE)
    if form.validate_on_submit():
        made = attempted(form, lambda: _issued(form))
        if made is not None:
            return _shown(*made)
    return form_page("api/new.html", form)


@bp.get("/keys/<int:token_id>")
@requires(P.API_SEE)
def show(token_id: int) -> Any:
    """One key: what it is for, its use, its history."""
    row, now = queries.one_key(token_id, g.viewer), clock.now()
    return page(
        "api/show.html", key=row, label=key_label(row, now), hint=hint(row.public_id),
        scopes=[(each, SCOPE_WORDS[Scope(each)]) for each in row.scopes],
        is_open=state_on(row.expires_at, row.revoked_at, now) is KeyState.ACTIVE,
        last_day=last_day(row.expires_at),
        entries=audit.timeline(row, public_only=False),
    )  # fmt: skip


@bp.post("/keys/<int:token_id>/revoke")
@requires(P.API_EDIT)
def revoke(token_id: int) -> Response:
    """It opens nothing from now on."""
    row = queries.one_key(token_id, g.viewer)
    verb = lambda: keys.revoke(row, typed("reason", 500), g.viewer, clock.now())  # noqa: E731
    there: Any = redirect(url_for(".show", token_id=token_id), 303)
    return done(there, _("The key opens nothing any more."), verb)


def _issued(form: KeyForm) -> tuple[ApiToken, str]:
    code = (form.customer_code.data or "").strip().upper()
    found = customers_by_code([code], g.viewer).get(code) if code else None
    if code and found is None:
        raise Invalid(t("No customer has this code."), "customer_code")
    return keys.issue(form.wanted(found.id if found else None), g.viewer, clock.now())


def _shown(row: ApiToken, key: str) -> Response:
    call = curl(current_app.config["BASE_URL"], "/customers")
    answer = make_response(page("api/secret.html", key=row, secret=key, call=call))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
