"""Price schemes at the desk."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.labels import ROLE_LABELS
from portal.access.permissions import Permission as P
from portal.access.permissions import Role
from portal.catalogue.actions import schemes as actions
from portal.catalogue.forms.catalogue import SchemeForm
from portal.catalogue.labels import REFERENCE_DATES, SCHEME_KINDS, TARIFF_STATES
from portal.catalogue.models import PriceScheme, Tariff
from portal.catalogue.queries import schemes as queries
from portal.catalogue.queries.tariffs import tariff_list
from portal.catalogue.views.catalogue_lists import SCHEMES
from portal.catalogue.views.doors import catalogue as bp
from portal.catalogue.views.drawing import tariff_tabs
from portal.customers.models import Customer
from portal.customers.queries import customers, staff_for_teams
from portal.customers.rules.kinds import SEGMENTS
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.web.clashes import begun, edited
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.words import say

COLUMNS = ("code", "name_zh", "name_en", "kind", "reference_date", "note")
STEP_UP = {"yes": True, "no": False}


@bp.get("/schemes")
@requires(P.TARIFF_SEE)
def schemes() -> Any:
    """Every scheme one may look at."""
    tabs = tariff_tabs("desk_catalogue.schemes")
    return list_page(SCHEMES, queries.scheme_list(g.viewer), "catalogue/schemes.html", tabs=tabs)


@bp.get("/schemes/<int:scheme_id>")
@requires(P.TARIFF_SEE)
def scheme(scheme_id: int) -> Any:
    """One scheme: whom it is for, who quotes from it, its versions."""
    row = queries.scheme(scheme_id, g.viewer)
    statement = tariff_list(g.viewer).where(Tariff.scheme_id == row.id)
    versions = list(db.session.scalars(statement.order_by(Tariff.version_no.desc())))
    people = dict(staff_for_teams())
    return page(
        "catalogue/scheme.html",
        scheme=row,
        versions=versions,
        states=TARIFF_STATES,
        kinds=SCHEME_KINDS,
        reference_dates=REFERENCE_DATES,
        segments=[say(SEGMENTS[each]) for each in row.segments or () if each in SEGMENTS],
        customer=_customer(row),
        granted=[_grantee(grant, people) for grant in row.grants],
    )


def _customer(row: PriceScheme) -> Customer | None:
    if row.customer_id is None:
        return None
    return db.session.scalar(customers(g.viewer).where(Customer.id == row.customer_id))


def _grantee(grant: Any, people: dict[int, str]) -> str:
    if grant.role is not None:
        return say(ROLE_LABELS[Role(grant.role)])
    return people.get(grant.user_id, str(grant.user_id))


@bp.route("/schemes/new", methods=["GET", "POST"])
@requires(P.SERVICE_ITEM_EDIT)
def new_scheme() -> Any:
    """Make a scheme."""
    form = _form(SchemeForm(data={"active": True, "discount_limit_percent": 0}))
    if form.validate_on_submit():
        row = attempted(form, lambda: _created(form))
        if row is not None:
            flash(_("%(code)s is ready for its first rate sheet.", code=row.code), "success")
            return redirect(url_for(".scheme", scheme_id=row.id))
    return form_page("catalogue/scheme_edit.html", form, scheme=None, clashes=())


@bp.route("/schemes/<int:scheme_id>/edit", methods=["GET", "POST"])
@requires(P.SERVICE_ITEM_EDIT)
def edit_scheme(scheme_id: int) -> Any:
    """Change a scheme."""
    row = queries.scheme(scheme_id, g.viewer)
    form = begun(_form(SchemeForm(data=_shown(row))), row)
    clashes: Any = ()
    if form.validate_on_submit():
        saved, clashes = edited(form, row, lambda: _changed(form, row), beyond=True)
        if saved:
            flash(_("Saved."), "success")
            return redirect(url_for(".scheme", scheme_id=scheme_id))
    return form_page("catalogue/scheme_edit.html", form, scheme=row, clashes=clashes)


def _form(form: SchemeForm) -> SchemeForm:
    form.people.choices = staff_for_teams()
    if not g.viewer.may(P.COST_SEE):
        form.kind.choices = [(k, say(v)) for k, v in SCHEME_KINDS.items() if k != "cost"]
    return form


def _shown(row: PriceScheme) -> dict[str, Any]:
    customer = _customer(row)
    values = {name: getattr(row, name) for name in COLUMNS}
    return values | {
        "customer_code": customer.code if customer else "",
        "segments": row.segments or [],
        "roles": [grant.role for grant in row.grants if grant.role is not None],
        "people": [grant.user_id for grant in row.grants if grant.user_id is not None],
        "floor_margin_percent": row.floor_margin_percent,
        "discount_limit_percent": row.discount_limit_percent,
        "step_up": {True: "yes", False: "no"}.get(row.step_up, "")
        if row.step_up is not None
        else "",
        "stacks": row.stacks,
        "active": row.active,
    }


def _values(form: SchemeForm) -> dict[str, Any]:
    values = {name: form[name].data or "" for name in COLUMNS}
    return values | {
        "customer_id": _customer_id(form),
        "segments": sorted(form.segments.data or []),
        "floor_margin_percent": form.floor_margin_percent.data,
        "discount_limit_percent": form.discount_limit_percent.data or 0,
        "step_up": STEP_UP.get(form.step_up.data or ""),
        "stacks": bool(form.stacks.data),
        "active": bool(form.active.data),
    }


def _customer_id(form: SchemeForm) -> int | None:
    code = (form.customer_code.data or "").strip().upper()
    if not code or form.kind.data != "customer":
        return None
    found = db.session.scalar(customers(g.viewer).where(Customer.code == code))
    if found is None:
        raise Invalid(t("There is no customer with this code."), "customer_code")
    return found.id


def _created(form: SchemeForm) -> PriceScheme:
    granted = form.roles.data or [], form.people.data or []
    return actions.create_scheme(_values(form), *granted, g.viewer, clock.now())


def _changed(form: SchemeForm, row: PriceScheme) -> PriceScheme:
    granted = form.roles.data or [], form.people.data or []
    seen = form.seen_version
    return actions.change_scheme(row, _values(form), *granted, seen, g.viewer, clock.now())
