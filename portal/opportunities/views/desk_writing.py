"""A new opportunity, its description, its service items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, g, request, url_for
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.customers.queries.finding import matching
from portal.customers.rules.kinds import Source
from portal.kernel import clock
from portal.opportunities.actions import editing, opening
from portal.opportunities.actions.editing import Description, described
from portal.opportunities.actions.holding import check_open
from portal.opportunities.actions.opening import NewOpportunity
from portal.opportunities.forms.describing import EditForm, NewForm
from portal.opportunities.models import Opportunity
from portal.opportunities.queries import one
from portal.opportunities.rules.wording import lines_of
from portal.opportunities.views.choosing import chosen, fill
from portal.opportunities.views.door import bp, opportunity_of, to_page
from portal.service_requests.models import ServiceRequest
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.pages import page
from portal.web.stepping import as_id

FOUND = 12


@bp.route("/opportunities/new", methods=["GET", "POST"])
@once
@requires(P.OPPORTUNITY_EDIT)
def new() -> Any:
    """For which customer, what, how much, until when."""
    asked = _request()
    customer = asked.customer if asked else _customer()
    if customer is None:
        return _choose()
    form = NewForm(data=_first(customer, asked))
    fill(form, customer)
    if form.validate_on_submit():
        row = tried(form, lambda: opening.open_(_new(form, customer, asked), g.viewer, clock.now()))
        if row is not None:
            flash(_("%(number)s is recorded.", number=row.number), "success")
            return to_page(row.id)
    return form_page("opportunities/new.html", form, customer=customer, asked=asked)


@bp.route("/opportunities/<int:opportunity_id>/edit", methods=["GET", "POST"])
@requires(P.OPPORTUNITY_EDIT)
def edit(opportunity_id: int) -> Any:
    """Describe it anew; beside the form stands what the next stage waits for."""
    row = opportunity_of(opportunity_id)
    check_open(row)
    first = _stands(row)
    form = EditForm(data={**first, "version": str(row.version)})
    fill(form, row.customer, row)
    is_stale = form.is_submitted() and form.version.data != str(row.version)
    if form.validate_on_submit():
        version = as_id(form.version.data)
        verb = lambda: editing.change(row, _described(form), version, g.viewer, clock.now())  # noqa: E731
        if tried(form, verb) is not None:
            flash(_("Saved."), "success")
            return to_page(opportunity_id)
    others = _beside(form, first) if is_stale else []
    shown = {"ways": one.ways(row, g.viewer), "others": others}
    return form_page("opportunities/edit.html", form, row=row, **shown)


def _stands(row: Opportunity) -> dict[str, Any]:
    """What the opportunity says, as its form begins with it."""
    says = described(row)
    first = {name: getattr(says, name) for name in Description.__dataclass_fields__}
    return first | _ids(row)


def _beside(form: EditForm, stands: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What stands there now where the form says something else, in words."""
    found = []
    for name, value in stands.items():
        mine = form[name].data
        typed = lines_of(mine) if isinstance(mine, str) else mine
        if (typed or None) != (value or None):
            words = {
                str(key): str(word) for key, word in getattr(form[name], "choices", None) or ()
            }
            said = words.get(str(value or ""), str(value or ""))
            found.append((str(form[name].label.text), said or "—"))
    return found


def _request() -> ServiceRequest | None:
    wanted = as_id(request.args.get("request"))
    return None if wanted is None else load(ServiceRequest, wanted, g.viewer, P.REQUEST_SEE)


def _customer() -> Customer | None:
    wanted = as_id(request.args.get("customer_id"))
    return None if wanted is None else load(Customer, wanted, g.viewer, P.CUSTOMER_SEE)


def _choose() -> str:
    words = request.args.get("q", "").strip()[:80]
    found = matching(words, g.viewer, FOUND) if words else []
    back = (_("Opportunities"), url_for("desk_opportunities.index"))
    shown = {"heading": _("New opportunity"), "lead": _("For which customer?"), "back": back}
    return page("receivables/desk_choose.html", words=words, found=found, kept={}, **shown)


def _first(customer: Customer, asked: ServiceRequest | None) -> dict[str, Any]:
    """What the form begins with: the customer's currency, and what the request says."""
    first: dict[str, Any] = {
        "currency": customer.default_currency or "CNY",
        "owner_id": str(g.viewer.user_id),
        "source": customer.source,
    }
    if asked is not None:
        first |= {"title": asked.title, "text": asked.text, "source": Source.REQUEST.value}
    return first


def _ids(row: Opportunity) -> dict[str, str]:
    names = ("contact_id", "site_id", "category_id")
    return {name: str(getattr(row, name) or "") for name in names}


def _said(form: Any) -> dict[str, Any]:
    return {
        "title": form.title.data or "",
        "kind": form.kind.data,
        "contact_id": chosen(form.contact_id.data),
        "site_id": chosen(form.site_id.data),
        "category_id": chosen(form.category_id.data),
        "rating": form.rating.data or "",
        "source": form.source.data or "",
        "amount": form.amount.data,
        "currency": form.currency.data,
        "close_on": form.close_on.data,
        "text": form.text.data or "",
    }


def _new(form: NewForm, customer: Customer, asked: ServiceRequest | None) -> NewOpportunity:
    from_: dict[str, Any] = {}
    if asked is not None:
        from_ = {"source_type": asked.__tablename__, "source_id": asked.id}
        from_["source_label"] = asked.number
    return NewOpportunity(
        customer_id=customer.id,
        method_id=chosen(form.method_id.data),
        owner_id=chosen(form.owner_id.data),
        **_said(form),
        **from_,
    )


def _described(form: EditForm) -> Description:
    return Description(
        **_said(form),
        likelihood=form.likelihood.data,
        category=form.category.data or "",
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        next_step=form.next_step.data or "",
        next_on=form.next_on.data,
    )
