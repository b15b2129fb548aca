"""Customers at the desk: the list, one page for each, taking in, changing, the team."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers import actions, queries
from portal.customers.forms import CustomerForm, TeamForm
from portal.customers.models import Customer
from portal.customers.rules import profile
from portal.customers.rules.kinds import KINDS, CustomerKind, Part
from portal.customers.rules.profile import CustomerFacts
from portal.customers.views import (
    contacts,
    desk_filters,
    desk_members,
    door,
    notes,
    profile_page,
    sites,
)
from portal.customers.views.editing import Clashes, edited
from portal.customers.views.lists import CUSTOMERS, by_state
from portal.intake.queries.duplicates import like_new
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.web.clashes import begun
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.words import say

bp = door.desk
MOVABLE = (CustomerKind.ORGANISATION, CustomerKind.GROUP)
MODULES = (
    contacts,
    desk_filters,
    sites,
    desk_members,
    notes,
)  # they hang their views on the same door


@bp.get("/customers")
@requires(P.CUSTOMER_SEE)
def index() -> Any:
    """Every customer one may see; the inactive ones when asked."""
    statement = queries.customer_list(g.viewer)
    if not request.args.get("state"):
        statement = by_state(statement, "active")
    return list_page(CUSTOMERS, statement, "customers/index.html", **desk_filters.shown())


@bp.get("/customers/<int:customer_id>")
@requires(P.CUSTOMER_SEE)
def show(customer_id: int) -> Any:
    """Everything about one customer on one page; the address of a duplicate leads to the customer that it became."""
    try:
        customer = fetch(Customer, customer_id, options=(joinedload(Customer.parent),))
    except NotFound:
        customer = None
    if customer is None or customer.merged_into_id is not None:
        return _where_it_went(customer_id)
    return page("customers/show.html", **profile_page.context(customer, g.viewer))


@bp.get("/customers/<int:customer_id>/more")
@requires(P.CUSTOMER_SEE)
def more(customer_id: int) -> Any:
    """What other rooms know of a customer: as a part of its page where that asks for it, else as a page."""
    customer = fetch(Customer, customer_id)
    template = "customers/_more.html" if "HX-Request" in request.headers else "customers/more.html"
    return page(template, customer=customer, **profile_page.more(customer, g.viewer))


@bp.route("/customers/new", methods=["GET", "POST"])
@requires(P.CUSTOMER_EDIT)
def new() -> Any:
    """Take in a customer of the kind that the address names."""
    kind = request.args.get("kind", CustomerKind.ORGANISATION)
    if kind not in KINDS:
        raise NotFound()
    form = _new_form(kind)
    alike = None
    if form.validate_on_submit():
        alike = _alike(form)
        if not alike and (customer := attempted(form, lambda: _created(form, kind))):
            flash(
                _("%(name)s is taken in as %(code)s.", name=customer.label, code=customer.code),
                "success",
            )
            return redirect(url_for(".show", customer_id=customer.id))
    return form_page("customers/new.html", form, kind=kind, kinds=KINDS, alike=alike)


@bp.route("/customers/<int:customer_id>/edit", methods=["GET", "POST"])
@requires(P.CUSTOMER_EDIT)
def edit(customer_id: int) -> Any:
    """Change what is known of a customer."""
    customer = fetch(Customer, customer_id)
    form = _edit_form(customer)
    alike = None
    clashes: Clashes = ()
    if form.validate_on_submit():
        alike = _alike(form, customer)
        if not alike:
            saved, clashes = edited(form, customer, lambda: _changed(customer, form))
            if saved:
                flash(_("Saved."), "success")
                return redirect(url_for(".show", customer_id=customer_id))
    shown = {"kind": customer.kind, "customer": customer, "alike": alike, "clashes": clashes}
    return form_page("customers/edit.html", form, **shown)


@bp.route("/customers/<int:customer_id>/team", methods=["GET", "POST"])
@requires(P.CUSTOMER_ASSIGN)
def team(customer_id: int) -> Any:
    """Who looks after a customer."""
    customer = fetch(Customer, customer_id)
    form = _team_form(customer)
    if form.validate_on_submit() and attempted(form, lambda: _assigned(customer, form)):
        flash(_("The team is changed."), "success")
        return redirect(url_for(".show", customer_id=customer_id))
    return form_page("customers/team.html", form, customer=customer)


@bp.post("/customers/<int:customer_id>/deactivate")
@requires(P.CUSTOMER_EDIT)
def deactivate(customer_id: int) -> Response:
    """Set a customer inactive, with a reason."""
    customer = fetch(Customer, customer_id)
    actions.deactivate(customer, request.form.get("reason", ""), g.viewer, clock.now())
    flash(_("%(name)s is inactive now.", name=customer.label), "success")
    return _back(customer_id)


@bp.post("/customers/<int:customer_id>/reactivate")
@requires(P.CUSTOMER_EDIT)
def reactivate(customer_id: int) -> Response:
    """Take an inactive customer up again."""
    customer = fetch(Customer, customer_id)
    actions.reactivate(customer, g.viewer, clock.now())
    flash(_("%(name)s is active again.", name=customer.label), "success")
    return _back(customer_id)


def _where_it_went(customer_id: int) -> Response:
    if (target := queries.became(customer_id, g.viewer)) is None:
        raise NotFound()
    flash(_("That was a duplicate: it is merged into %(name)s.", name=target.label), "info")
    return _back(target.id)


def _back(customer_id: int) -> Response:
    return redirect(url_for(".show", customer_id=customer_id))  # type: ignore[return-value]


def _groups() -> list[tuple[int, str]]:
    return [(group.id, f"{group.label} · {group.code}") for group in queries.groups(g.viewer)]


def _new_form(kind: str) -> CustomerForm:
    parent = request.args.get("parent", type=int)
    form = CustomerForm(data={**asdict(CustomerFacts(kind)), "parent_id": parent})
    form.for_kind(kind, _groups() if kind == CustomerKind.BRANCH else [])
    del form.kind
    if g.viewer.may(P.CUSTOMER_ASSIGN):
        form.owner_id.choices = queries.staff_for_teams()
        form.owner_id.data = form.owner_id.data or g.viewer.user_id
    else:
        del form.owner_id
    return form


def _edit_form(customer: Customer) -> CustomerForm:
    form = CustomerForm(data=queries.facts_of(customer))
    groups = _groups() if customer.kind == CustomerKind.BRANCH else []
    if customer.parent_id and customer.parent_id not in dict(groups):
        groups.append((customer.parent_id, _("its present group")))
    form.for_kind(customer.kind, groups)
    if customer.kind in MOVABLE:
        form.kind.choices = [(each.value, say(KINDS[each])) for each in MOVABLE]
    else:
        del form.kind
    del form.owner_id
    del (
        form.segment
    )  # from then on the monthly run finds the tier, or an override with its reason sets it
    begun(form, customer)
    return form


def _alike(form: CustomerForm, customer: Customer | None = None) -> queries.Similar | None:
    """Customers that this one may be a double of, unless the writer said that it is another."""
    names = form.name_zh.data or "", form.name_en.data or ""
    if form.different.data or (customer is not None and not _renamed(form, customer)):
        return None
    code = form.credit_code.data or "" if "credit_code" in form else ""
    found = queries.similar(*names, code, g.viewer, customer.id if customer else None)
    if customer is None and not found:  # nobody of that name, but perhaps of that number
        reached = like_new(names, code, form.phone.data or "", "", g.viewer)
        found = queries.Similar(tuple(each for each, _ in reached), 0)
    if found:  # what else is wrong is told at the same time
        kind = customer.kind if customer else request.args.get("kind", CustomerKind.ORGANISATION)
        attempted(form, lambda: profile.cleaned(form.facts(kind)))
    return found


def _renamed(form: CustomerForm, customer: Customer) -> bool:
    typed = queries.facts_of(customer)
    watched = [name for name in ("name_zh", "name_en", "credit_code") if name in form]
    return any((form[name].data or "") != typed[name] for name in watched)


def _created(form: CustomerForm, kind: str) -> Customer:
    owner_id = form.owner_id.data if "owner_id" in form else None
    return actions.create(form.facts(kind), g.viewer, clock.now(), owner_id=owner_id)


def _changed(customer: Customer, form: CustomerForm) -> Customer:
    kind = form.kind.data if "kind" in form else customer.kind
    facts = replace(form.facts(kind), segment=customer.segment)
    return actions.change(customer, facts, form.seen_version, g.viewer, clock.now())


def _team_form(customer: Customer) -> TeamForm:
    held = queries.team(customer.id)
    owner = next((m.user_id for m in held if m.part == Part.OWNER), None)
    form = TeamForm(owner_id=owner, team_ids=[m.user_id for m in held if m.part != Part.OWNER])
    known = dict(queries.staff_for_teams()) | {m.user_id: m.name for m in held}
    form.owner_id.choices = form.team_ids.choices = sorted(known.items(), key=lambda each: each[1])
    if customer.kind != CustomerKind.GROUP:
        del form.with_branches
    return form


def _assigned(customer: Customer, form: TeamForm) -> Customer:
    below = bool(form.with_branches.data) if "with_branches" in form else False
    chosen = form.owner_id.data, form.team_ids.data or []
    return actions.assign(customer, *chosen, g.viewer, clock.now(), with_branches=below)
