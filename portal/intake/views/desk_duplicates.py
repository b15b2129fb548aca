"""Duplicates at the desk: pairs that look alike, decided one by one; two customers side by side, made one."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, fresh, requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.customers.queries import customers
from portal.db.base import db
from portal.intake.actions import duplicates as actions
from portal.intake.actions import merging
from portal.intake.forms import MergeForm, PairForm
from portal.intake.labels import PAIRS as STATES
from portal.intake.models import DuplicatePair
from portal.intake.queries import duplicates as queries
from portal.intake.queries import merging as merges
from portal.intake.rules.kinds import PairState
from portal.intake.rules.merging import FIELDS, TERMS, usual
from portal.intake.views import pair_lists
from portal.intake.views.door import duplicates as bp
from portal.intake.views.side_by_side import drawn
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotAllowedNow, NotFound, StaleEdit
from portal.kernel.text import t
from portal.upkeep.actions import turns
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.stepping import done
from portal.web.words import say

AT_ONCE = 2_000
"""So many customers are compared while the page waits."""


@bp.get("/duplicates")
@requires(P.CUSTOMER_MERGE)
def index() -> Any:
    """Pairs of customers that may be one, the likeliest first."""
    state = request.args.get("state") or PairState.OPEN.value
    pairs = queries.pairs(g.viewer, state)
    return list_page(pair_lists.PAIRS, pairs, "intake/duplicates.html")


@bp.post("/duplicates/search")
@requires(P.CUSTOMER_MERGE)
def search() -> Response:
    """Compare all customers now: few at once, many by the worker, so that nobody waits for it."""
    there: Response = redirect(url_for(".index"), 303)  # type: ignore[assignment]
    if queries.how_many() <= AT_ONCE:
        found = actions.search(clock.now())
        flash(_("%(count)s new pairs found.", count=f"{found:,}"), "success")
        return there
    asked = partial(turns.ask, "duplicates", g.viewer, clock.now())
    return done(there, _("The search has begun; its pairs stand here in a minute or two."), asked)


@bp.get("/duplicates/<int:pair_id>")
@requires(P.CUSTOMER_MERGE)
def show(pair_id: int) -> Any:
    """Two customers that may be one, and why."""
    pair = _pair(pair_id)
    return page(
        "intake/pair.html",
        pair=pair,
        label=STATES[pair.state],
        why=pair_lists.reasons(pair),
        sides=drawn(merges.side(pair.first), merges.side(pair.second)),
    )


@bp.post("/duplicates/<int:pair_id>/dismiss")
@requires(P.CUSTOMER_MERGE)
def dismiss(pair_id: int) -> Response:
    """They are two customers."""
    version = request.form.get("version", 0, type=int)
    reason = request.form.get("reason", "")
    actions.dismiss(_pair(pair_id), reason, version, g.viewer, clock.now())
    flash(_("Remembered: they are two customers."), "success")
    return redirect(url_for(".index"), 303)  # type: ignore[return-value]


@bp.post("/duplicates/<int:pair_id>/reopen")
@requires(P.CUSTOMER_MERGE)
def reopen(pair_id: int) -> Response:
    """Perhaps they are one after all."""
    version = request.form.get("version", 0, type=int)
    actions.reopen(_pair(pair_id), version, g.viewer, clock.now())
    return redirect(url_for(".show", pair_id=pair_id), 303)  # type: ignore[return-value]


@bp.route("/duplicates/choose", methods=["GET", "POST"])
@requires(P.CUSTOMER_MERGE)
def choose() -> Any:
    """Two customers by their codes."""
    form = PairForm(data={"first": request.args.get("first", "")[:24]})
    if form.validate_on_submit():
        both = attempted(form, lambda: (_by_code(form, "first"), _by_code(form, "second")))
        if both is not None:
            stays, goes = both
            return redirect(url_for(".merge", survivor_id=stays, duplicate_id=goes))
    return form_page("intake/choose.html", form)


@bp.route("/duplicates/merge/<int:survivor_id>/<int:duplicate_id>", methods=["GET", "POST"])
@requires(P.CUSTOMER_MERGE)
@fresh(t("Merge two customers"))
def merge(survivor_id: int, duplicate_id: int) -> Any:
    """Two customers side by side; what stays is chosen field by field, then they are one."""
    both = fetch(Customer, survivor_id), fetch(Customer, duplicate_id)
    form = MergeForm(data={"versions": f"{both[0].version}-{both[1].version}"})
    if form.validate_on_submit():
        try:
            _merged(form, *both)
            flash(_("%(code)s is part of this customer now.", code=both[1].code), "success")
            return redirect(url_for("desk_customers.show", customer_id=survivor_id), 303)
        except (NotAllowedNow, StaleEdit, Invalid) as error:
            db.session.rollback()
            flash(say(error.text), "error")
            both = fetch(Customer, survivor_id), fetch(Customer, duplicate_id)
            return refused("intake/merge.html", form=form, **_sides(*both))
    return form_page("intake/merge.html", form, **_sides(*both))


def _merged(form: MergeForm, survivor: Customer, duplicate: Customer) -> None:
    chosen = {
        name: request.form.get(f"take-{name}") == "duplicate"
        for name in (*FIELDS, TERMS)
        if f"take-{name}" in request.form
    }
    ours, _dash, theirs = (form.versions.data or "").partition("-")
    if not (ours.isdecimal() and theirs.isdecimal()):
        raise Invalid(t("Open this page again."))
    versions, reason = (int(ours), int(theirs)), form.reason.data or ""
    merging.merge(survivor, duplicate, chosen, versions, reason, g.viewer, clock.now())


def _sides(survivor: Customer, duplicate: Customer) -> dict[str, Any]:
    ours, theirs = merges.side(survivor), merges.side(duplicate)
    return {
        "survivor": survivor,
        "duplicate": duplicate,
        "sides": drawn(ours, theirs),
        "takes": usual(ours.values, theirs.values),
        "refusals": merges.refusals(survivor, duplicate),
    }


def _pair(pair_id: int) -> DuplicatePair:
    """A pair of which the viewer sees both."""
    fetch(DuplicatePair, pair_id)
    pairs = queries.pairs(g.viewer, "").where(DuplicatePair.id == pair_id)
    found: DuplicatePair | None = db.session.scalar(pairs)
    if found is None:
        raise NotFound()
    return found


def _by_code(form: PairForm, name: str) -> int:
    code = (form[name].data or "").strip().upper()
    row = db.session.scalar(customers(g.viewer).where(Customer.code == code))
    if row is None or row.merged_into_id is not None:
        raise Invalid(t("There is no customer with this code."), name)
    return int(row.id)
