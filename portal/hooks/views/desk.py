"""Staff set webhooks, try them, and see what came of each delivery."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, current_app, flash, g, make_response, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.access.guards import fetch, fresh, requires
from portal.access.permissions import Permission as P
from portal.hooks.actions import delivering, endpoints
from portal.hooks.forms.endpoints import EndpointForm
from portal.hooks.labels import DELIVERIES, endpoint_label, off_words
from portal.hooks.models import HookDelivery, HookEndpoint
from portal.hooks.queries import endpoints as queries
from portal.hooks.rules.catalogue import words_of
from portal.hooks.rules.kinds import ROBOTS, DeliveryState
from portal.hooks.rules.signing import EXAMPLE
from portal.hooks.views.lists import DELIVERY_LIST, ENDPOINTS
from portal.kernel import clock
from portal.kernel.text import t
from portal.web.doors import desk
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done, to, version_in

bp = desk("hooks", __name__)
AT = "/webhooks/<int:endpoint_id>"
SETTING = t("Setting a webhook")


@bp.get("/webhooks")
@requires(P.WEBHOOK_SEE)
def index() -> Any:
    """Every endpoint."""
    return list_page(ENDPOINTS, queries.endpoints(), "hooks/index.html", dead=queries.dead_count())


@bp.route("/webhooks/new", methods=["GET", "POST"])
@requires(P.WEBHOOK_EDIT)
@fresh(SETTING)
def new() -> Any:
    """A new endpoint; its secret is shown in the answer and never again."""
    form = EndpointForm(kind="system", locale="zh_CN")
    if form.validate_on_submit():
        verb = lambda: endpoints.create(form.facts(), _private(), g.viewer, clock.now())  # noqa: E731
        made = attempted(form, verb)
        if made is not None:
            row, secret = made
            return _secret(row, secret) if secret else to("desk_hooks.show", endpoint_id=row.id)
    return form_page("hooks/edit.html", form, endpoint=None)


@bp.get(AT)
@requires(P.WEBHOOK_SEE)
def show(endpoint_id: int) -> Any:
    """One endpoint with its log."""
    row = fetch(HookEndpoint, endpoint_id)
    return list_page(
        DELIVERY_LIST, queries.deliveries(row.id), "hooks/show.html", endpoint=row,
        label=endpoint_label(row), off=off_words(row), counts=queries.counts(row.id),
        events=[words_of(name) for name in row.events], is_robot=row.kind in ROBOTS,
        example=EXAMPLE,
    )  # fmt: skip


@bp.route(f"{AT}/edit", methods=["GET", "POST"])
@requires(P.WEBHOOK_EDIT)
@fresh(SETTING)
def edit(endpoint_id: int) -> Any:
    """Change it; address and secret stay as they are where nothing is typed."""
    row = fetch(HookEndpoint, endpoint_id)
    code = row.customer.code if row.customer else ""
    form = EndpointForm(obj=row, customer_code=code, url="", secret="")
    if form.validate_on_submit():
        seen = version_in(form.version.data)
        verb = lambda: endpoints.change(row, form.facts(), seen, _private(), g.viewer, clock.now())  # noqa: E731
        if attempted(form, lambda: verb() or True):
            flash(_("Saved."), "success")
            return to("desk_hooks.show", endpoint_id=row.id)
    return form_page("hooks/edit.html", form, endpoint=row)


@bp.post(f"{AT}/on")
@requires(P.WEBHOOK_EDIT)
def switch_on(endpoint_id: int) -> Response:
    """Told from now on."""
    row = fetch(HookEndpoint, endpoint_id)
    verb = lambda: endpoints.switch_on(row, g.viewer, clock.now())  # noqa: E731
    return done(_to(endpoint_id), _("It is on. What happens from now on is told."), verb)


@bp.post(f"{AT}/off")
@requires(P.WEBHOOK_EDIT)
def switch_off(endpoint_id: int) -> Response:
    """Told no more."""
    row = fetch(HookEndpoint, endpoint_id)
    verb = lambda: endpoints.switch_off(row, g.viewer, clock.now())  # noqa: E731
    return done(_to(endpoint_id), _("It is off. What is on its way waits."), verb)


@bp.post(f"{AT}/secret")
@requires(P.WEBHOOK_EDIT)
@fresh(SETTING)
def renew(endpoint_id: int) -> Any:
    """A new secret, shown in the answer and never again."""
    row = fetch(HookEndpoint, endpoint_id)
    return _secret(row, endpoints.renew_secret(row, g.viewer, clock.now()))


@bp.post(f"{AT}/test")
@requires(P.WEBHOOK_EDIT)
def test(endpoint_id: int) -> Response:
    """A delivery that tells of nothing."""
    row = fetch(HookEndpoint, endpoint_id)
    verb = lambda: delivering.send_test(row, g.viewer, clock.now())  # noqa: E731
    return done(
        _to(endpoint_id), _("The test goes out within seconds; look at the log below."), verb
    )


@bp.post(f"{AT}/resend")
@requires(P.WEBHOOK_EDIT)
def resend_dead(endpoint_id: int) -> Response:
    """Everything that was given up, once more."""
    row = fetch(HookEndpoint, endpoint_id)
    count = queries.counts(row.id).get(DeliveryState.DEAD, 0)
    said = ngettext("%(num)s delivery goes out again.", "%(num)s deliveries go out again.", count)
    return done(_to(endpoint_id), said, lambda: delivering.resend_dead(row, g.viewer, clock.now()))


@bp.post(f"{AT}/remove")
@requires(P.WEBHOOK_EDIT)
@fresh(SETTING)
def remove(endpoint_id: int) -> Response:
    """Take it away with its log."""
    endpoints.remove(fetch(HookEndpoint, endpoint_id), g.viewer, clock.now())
    flash(_("The webhook is gone; the audit log keeps what it was."), "success")
    return to("desk_hooks.index")


@bp.get("/webhooks/deliveries")
@requires(P.WEBHOOK_SEE)
def deliveries() -> Any:
    """The log of every endpoint."""
    return list_page(DELIVERY_LIST, queries.deliveries(), "hooks/deliveries.html")


@bp.get("/webhooks/deliveries/<int:delivery_id>")
@requires(P.WEBHOOK_SEE)
def delivery(delivery_id: int) -> Any:
    """One delivery: what was told and what came back."""
    row = fetch(HookDelivery, delivery_id)
    told = json.dumps(row.payload, ensure_ascii=False, indent=2, sort_keys=True)
    return page(
        "hooks/delivery.html", delivery=row, label=DELIVERIES[row.state], told=told,
        words=words_of(row.event),
    )  # fmt: skip


@bp.post("/webhooks/deliveries/<int:delivery_id>/resend")
@requires(P.WEBHOOK_EDIT)
def resend(delivery_id: int) -> Response:
    """One delivery once more, with the same id."""
    row = fetch(HookDelivery, delivery_id)
    there = to("desk_hooks.delivery", delivery_id=row.id)
    verb = lambda: delivering.resend(row, g.viewer, clock.now())  # noqa: E731
    return done(there, _("It goes out again within seconds."), verb)


def _secret(row: HookEndpoint, secret: str) -> Response:
    answer = make_response(page("hooks/secret.html", endpoint=row, secret=secret, example=EXAMPLE))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _private() -> bool:
    return bool(current_app.config["WEBHOOK_PRIVATE"])


def _to(endpoint_id: int) -> Response:
    return redirect(url_for("desk_hooks.show", endpoint_id=endpoint_id), 303)  # type: ignore[return-value]
