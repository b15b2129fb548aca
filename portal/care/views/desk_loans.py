"""Loans at the desk: a thing goes to a customer, stays longer, comes back or does not."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from flask import Response, flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.care.actions import assets
from portal.care.forms.notes import LoanForm, ProlongForm, ReturnForm
from portal.care.models import Asset, AssetLoan
from portal.care.queries import assets as queries
from portal.care.rules.assets import LoanFacts, ReturnFacts
from portal.care.views.door import asked_customer, contact_choices, site_choices, whom
from portal.care.views.door import assets_door as bp
from portal.care.views.loan_list import LOANS, label_of
from portal.customers.models import Customer
from portal.db.audit import timeline
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.stepping import as_id, done, number_in, to, typed
from portal.web.timeline import happenings

USUAL = timedelta(days=365)


@bp.get("/assets/loans")
@requires(P.ASSET_SEE)
def loans() -> Any:
    """What customers have or had, the next due first."""
    statement, chosen = queries.loans(g.viewer), number_in("customer")
    if chosen is not None:
        statement = statement.where(AssetLoan.customer_id == chosen)
    return list_page(LOANS, statement, "care/loans.html")


@bp.get("/assets/loans/<int:loan_id>")
@requires(P.ASSET_SEE)
def loan(loan_id: int) -> Any:
    """One loan."""
    return page("care/loan.html", **_context(queries.loan_of(loan_id, g.viewer)))


@bp.route("/assets/<int:asset_id>/lend", methods=["GET", "POST"])
@once
@requires(P.ASSET_EDIT)
def lend(asset_id: int) -> Any:
    """Lend it: first to whom."""
    asset, customer = queries.asset_of(asset_id), asked_customer(P.ASSET_EDIT)
    if customer is None:
        return page("care/loan_whom.html", asset=asset, **whom())
    form = _form(asset, customer)
    if form.validate_on_submit():
        made = tried(form, lambda: _lent(asset, customer, form))
        if made is not None:
            flash(_("Lent. The customer sees it among the lent things."), "success")
            return to("desk_assets.loan", loan_id=made.id)
    return form_page("care/loan_form.html", form, asset=asset, customer=customer)


@bp.post("/assets/loans/<int:loan_id>/return")
@requires(P.ASSET_EDIT)
def take_back(loan_id: int) -> Any:
    """It is here again."""
    row, form = queries.loan_of(loan_id, g.viewer), ReturnForm()
    if form.validate() and tried(form, lambda: _returned(row, form)):
        flash(_("It is here again."), "success")
        return to("desk_assets.loan", loan_id=loan_id)
    return refused("care/loan.html", **_context(row, form))


@bp.post("/assets/loans/<int:loan_id>/prolong")
@requires(P.ASSET_EDIT)
def prolong(loan_id: int) -> Response:
    """The customer keeps it longer."""
    row, form = queries.loan_of(loan_id, g.viewer), ProlongForm()

    def verb() -> None:
        if not form.validate():
            raise Invalid(t("Say until when."), "due_on")
        assets.prolong(row, form.due_on.data, g.viewer, clock.now())

    return done(to("desk_assets.loan", loan_id=loan_id), _("Prolonged."), verb)


@bp.post("/assets/loans/<int:loan_id>/lose")
@requires(P.ASSET_EDIT)
def lose(loan_id: int) -> Response:
    """It does not come back."""
    row = queries.loan_of(loan_id, g.viewer)
    verb = partial(assets.lose, row, typed("reason", 500), g.viewer, clock.now())
    return done(to("desk_assets.loan", loan_id=loan_id), _("Kept as not given back."), verb)


def _context(row: AssetLoan, form: ReturnForm | None = None) -> dict[str, Any]:
    may, today = g.viewer.may(P.ASSET_EDIT) and row.returned_on is None, clock.today()
    begun = {"returned_on": today, "is_deposit_back": True}
    longer = ProlongForm(
        formdata=None, data={"due_on": max(row.due_on, today) + timedelta(days=90)}
    )
    return {
        "loan": row,
        "label": label_of(row),
        "may": may,
        "form": (form or ReturnForm(formdata=None, data=begun)) if may else None,
        "prolong_form": longer if may else None,
        "entries": happenings(timeline(row, public_only=False)),
    }


def _form(asset: Asset, customer: Customer) -> LoanForm:
    today: date = clock.today()
    form = LoanForm(
        data={
            "lent_on": today, "due_on": today + USUAL, "condition_out": asset.condition,
            "deposit": Decimal(0), "currency": asset.currency,
        }
    )  # fmt: skip
    form.contact_id.choices, form.site_id.choices = (
        contact_choices(customer),
        site_choices(customer),
    )
    return form


def _lent(asset: Asset, customer: Customer, form: LoanForm) -> AssetLoan:
    facts = LoanFacts(
        customer_id=customer.id,
        lent_on=form.lent_on.data,
        due_on=form.due_on.data,
        condition_out=form.condition_out.data or "",
        deposit=form.deposit.data or Decimal(0),
        currency=form.currency.data,
        contact_id=as_id(form.contact_id.data),
        site_id=as_id(form.site_id.data),
    )
    return assets.lend(asset, facts, g.viewer, clock.now())


def _returned(row: AssetLoan, form: ReturnForm) -> AssetLoan:
    facts = ReturnFacts(
        form.returned_on.data, form.condition_in.data or "", bool(form.is_deposit_back.data)
    )
    return assets.take_back(row, facts, g.viewer, clock.now())
