"""A new quotation in a minute, and a copy of one that is there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.catalogue.queries.places import all_places
from portal.catalogue.queries.prices import LanePrice, prices_named
from portal.catalogue.rules.places import Gazetteer
from portal.customers.models import Customer
from portal.kernel import clock
from portal.kernel.boxes import BOX_TYPES
from portal.kernel.errors import Invalid
from portal.opportunities.models import Opportunity
from portal.quotations import queries
from portal.quotations.actions import drafting
from portal.quotations.actions.for_opportunity import link
from portal.quotations.actions.from_opportunity import take_items
from portal.quotations.actions.picking import pick
from portal.quotations.forms.offer import CopyForm
from portal.quotations.forms.shipment import NewQuotationForm
from portal.quotations.models import Quotation
from portal.quotations.views.customer_choice import Chosen, chosen_customer, suggested
from portal.quotations.views.desk_door import bp, quotation_and_version, today
from portal.quotations.views.desk_shipment import facts_of
from portal.quotations.views.desk_words import place_as_typed
from portal.quotations.views.lane_search import LONGEST
from portal.web.fields import read_number
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.pages import page

Picked = Sequence[LanePrice]
LONGEST_ID = 9


@bp.route("/quotations/new", methods=["GET", "POST"])
@once
@requires(P.QUOTATION_EDIT)
def new() -> Any:
    """For whom, called what, shipping what; with prices that were ticked on the board."""
    opportunity = _opportunity()
    chosen, picked, book = chosen_customer(), _picked(), all_places()
    form = NewQuotationForm(data=_proposal(picked, chosen, book, opportunity))
    if form.validate_on_submit():
        quotation = attempted(form, lambda: _created(form, chosen, book, opportunity))
        if quotation is not None:
            flash(_("%(number)s is drafted.", number=quotation.number), "success")
            return redirect(url_for(".show", quotation_id=quotation.id), 303)
    elif form.is_submitted():
        attempted(form, chosen.needed)  # told together with the other fields
    shown = {**_choice(chosen), "picked": picked, "opportunity": opportunity}
    return form_page("quotations/desk_new.html", form, **shown)


@bp.get("/quotations/customers")
@requires(P.QUOTATION_EDIT)
def customers() -> Any:
    """Those that fit the words typed so far."""
    return page("quotations/_customer_choice.html", **_choice(chosen_customer()))


@bp.route("/quotations/<int:quotation_id>/copy", methods=["GET", "POST"])
@once
@requires(P.QUOTATION_EDIT)
def copy(quotation_id: int) -> Any:
    """The same content with a number and dates of its own, for this or another customer."""
    quotation, _version = quotation_and_version(quotation_id)
    chosen = chosen_customer()
    if not request.values.get("customer_id") and not request.values.get("customer"):
        chosen = Chosen(quotation.customer, quotation.customer.label, (quotation.customer,))
    form = CopyForm(data={"customer": chosen.typed, "title": quotation.title})
    if form.validate_on_submit():
        copied = attempted(form, lambda: _copied(quotation, chosen, form))
        if copied is not None:
            flash(
                _("Copied as %(number)s. Look at prices and dates.", number=copied.number),
                "success",
            )
            return redirect(url_for(".show", quotation_id=copied.id), 303)
    elif form.is_submitted():
        attempted(form, chosen.needed)
    return form_page("quotations/desk_copy.html", form, quotation=quotation, **_choice(chosen))


def _opportunity() -> Opportunity | None:
    """The opportunity that it is written for, where its page led here."""
    wanted = request.values.get("opportunity", "")
    if not wanted.isdecimal() or len(wanted) > LONGEST_ID:
        return None
    return load(Opportunity, int(wanted), g.viewer, P.OPPORTUNITY_SEE)


def _choice(chosen: Chosen) -> dict[str, Any]:
    """What the customer's field shows below itself."""
    found = chosen.found if chosen.typed else suggested()
    return {"chosen": chosen, "found": found}


def _picked() -> list[LanePrice]:
    """The prices that were ticked, as far as this viewer may quote them to somebody."""
    ids = [int(each) for each in request.values.getlist("price") if each.isdecimal()][:200]
    if not ids:
        return []
    on = _asked_day() or today()
    return list(prices_named(ids, g.viewer, chosen_customer().customer, on).values())


def _proposal(
    picked: Picked, chosen: Chosen, book: Gazetteer, opportunity: Opportunity | None
) -> dict[str, Any]:
    """The form's first values, from the board or the opportunity."""
    args = request.args
    first = picked[0] if picked else None
    origin, destination = _ends(first)
    boxes = args.get("boxes", "")[:LONGEST] or _a_box_each(picked)
    return {
        "customer": chosen.typed,
        "title": _title(origin, destination, boxes, book) or getattr(opportunity, "title", ""),
        "origin": place_as_typed(origin, book),
        "destination": place_as_typed(destination, book),
        "category": getattr(first, "category", "") or args.get("category", ""),
        "load": getattr(first, "load", "") or args.get("load", ""),
        "carrier": _only_carrier(picked),
        "boxes": boxes,
        **{name: _number(args.get(name, "")) for name in ("gross_kg", "volume_m3")},
        "reference_on": _asked_day(),
    }


def _ends(first: Any) -> tuple[str, str]:
    """From where to where: as the address says, else as on the board."""
    told = {side: request.args.get(side, "")[:60] for side in ("origin", "destination")}
    origin, destination = (told[side] or getattr(first, side, "") for side in told)
    return origin, destination


def _title(origin: str, destination: str, boxes: str, book: Gazetteer) -> str:
    """`上海 → 纽约 2x40HQ`: in Chinese, as the firm's papers are; editable."""
    known = [book.get(code) for code in (origin, destination)]
    names = [p.name_zh if p else code for p, code in zip(known, (origin, destination), strict=True)]
    lane = " → ".join(name for name in names if name)
    return f"{lane} {boxes}".strip()


def _a_box_each(picked: Picked) -> str:
    types = dict.fromkeys(price.packaging for price in picked if price.packaging in BOX_TYPES)
    return " ".join(f"1x{code}" for code in types)


def _only_carrier(picked: Picked) -> str:
    carriers = {price.carrier for price in picked}
    return next(iter(carriers)) if len(carriers) == 1 else ""


def _number(typed: str) -> Decimal | None:
    with suppress(Invalid):
        return read_number(typed)
    return None


def _asked_day() -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(request.values.get("on", ""))
    return None


def _created(
    form: NewQuotationForm, chosen: Chosen, book: Gazetteer, opportunity: Opportunity | None
) -> Quotation:
    customer: Customer = chosen.needed()
    facts, contact = facts_of(form, book), queries.main_contact(customer, g.viewer)
    first = contact.id if contact else None
    quotation = drafting.create(
        customer, form.title.data, g.viewer, clock.now(), contact_id=first, facts=facts
    )
    if opportunity is not None:
        _for_opportunity(quotation, opportunity)
    ids = [int(each) for each in request.form.getlist("price") if each.isdecimal()]
    if ids:
        version = drafting.latest_version(quotation)
        apart = "side_by_side" in request.form
        pick(version, ids, g.viewer, clock.now(), side_by_side=apart)
    return quotation


def _for_opportunity(quotation: Quotation, opportunity: Opportunity) -> None:
    """It is written for the opportunity; what is named there becomes its first charges."""
    now = clock.now()
    if opportunity.lines:
        take_items(drafting.latest_version(quotation), opportunity.id, g.viewer, now)
    else:
        link(quotation, opportunity.id, g.viewer, now)


def _copied(quotation: Quotation, chosen: Chosen, form: CopyForm) -> Quotation:
    title = form.title.data or quotation.title
    return drafting.copy(quotation, chosen.needed().id, title, g.viewer, clock.now())
