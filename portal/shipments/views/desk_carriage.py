"""A shipment's forms at the desk: opened, its facts, boxes, plan, completion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import g, request
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.catalogue.queries.items import item_by_code
from portal.customers.models import Customer
from portal.customers.queries.finding import matching
from portal.kernel import clock
from portal.kernel.errors import FileProblems, Invalid, InvalidMany
from portal.kernel.text import t
from portal.kernel.units import unit_word
from portal.shipments.actions import completing, milestones, opening
from portal.shipments.actions import shipments as actions
from portal.shipments.actions.opening import Opening, PlannedLine
from portal.shipments.forms.bookings import read_wishes, typed_quantities
from portal.shipments.forms.shipments import (
    BoxesForm,
    CompleteForm,
    FactsForm,
    OpenForm,
    read_done,
    read_plans,
    read_why,
)
from portal.shipments.models import Shipment
from portal.shipments.queries.bookable import bookable
from portal.shipments.rules.booking import Wish
from portal.shipments.rules.boxes import Box, read_boxes, written
from portal.shipments.views.booking_steps import choices_of, customer_named, entitlement_named
from portal.shipments.views.desk_shipments import bp, leave, page_of, shipment_of
from portal.shipments.views.shipment_page import facts as page_facts
from portal.shipments.views.shipment_page import stops
from portal.shipments.views.steps import done, seen
from portal.web.fields import plain_number
from portal.web.forms import attempted, form_page
from portal.web.pages import page

FOUND = 12
SAMPLE = "CSQU3054383 40HQ SL12345 12500 480 61.5"
AT = "/shipments/<int:shipment_id>"


@bp.route("/shipments/new", methods=["GET", "POST"])
@requires(P.SHIPMENT_EDIT)
def new() -> Any:
    """Open one without a booking, against entitlements or without."""
    entitlement = entitlement_named(request.args.get("entitlement", ""))
    customer = _customer() or (entitlement.customer if entitlement else None)
    if customer is None:
        words = request.args.get("q", "").strip()[:80]
        found = matching(words, g.viewer, FOUND) if words else []
        return page("bookings/desk_customer.html", words=words, found=found, endpoint=".new")
    form = OpenForm(data={"ready_on": clock.today()})
    errors: dict[str, Any] = {}
    typed = {entitlement.id: "1"} if entitlement else typed_quantities(request.form)
    if form.validate_on_submit():
        shipment = attempted(form, lambda: _opened(customer, form, typed, errors))
        if shipment is not None:
            return leave(shipment.id, _("%(number)s is open.", number=shipment.number))
    return form_page("shipments/desk_new.html", form, **_new_page(customer, typed, errors))


@bp.route(f"{AT}/facts", methods=["GET", "POST"])
@requires(P.SHIPMENT_EDIT)
def facts(shipment_id: int) -> Any:
    """What is known of the carriage."""
    shipment = shipment_of(shipment_id)
    stored = actions.facts_of(shipment)
    values = {name: getattr(stored, name) for name in actions.NAMES}
    form = FactsForm(data={**values, "version": shipment.version})
    if form.validate_on_submit() and _went(form, lambda: actions.change(
        shipment, form.facts, g.viewer, clock.now(), seen("version")
    )):  # fmt: skip
        return leave(shipment_id, _("Saved."))
    return form_page("shipments/desk_facts.html", form, shipment=shipment)


@bp.route(f"{AT}/boxes", methods=["GET", "POST"])
@requires(P.SHIPMENT_EDIT)
def boxes(shipment_id: int) -> Any:
    """Its boxes as a list."""
    shipment, problems = shipment_of(shipment_id), []
    form = BoxesForm(data={"boxes": written(_boxes(shipment)), "version": shipment.version})
    if form.validate_on_submit():
        try:
            listed = attempted(form, lambda: (_boxes_set(shipment, form),))
        except FileProblems as wrong:
            listed, problems = None, list(wrong.problems)
        if listed is not None:
            return leave(shipment_id, _("%(n)s boxes saved.", n=listed[0]))
    shown = {"shipment": shipment, "problems": problems, "sample": SAMPLE}
    return form_page("shipments/desk_boxes.html", form, **shown)


@bp.route(f"{AT}/plan", methods=["GET", "POST"])
@requires(P.SHIPMENT_EDIT)
def plan(shipment_id: int) -> Any:
    """The milestones' planned instants: one by one, or all anew from a day."""
    shipment = shipment_of(shipment_id)
    if request.method == "POST":
        return done(page_of(shipment_id), _("Planned."), lambda: _planned(shipment))
    return page("shipments/desk_plan.html", stops=stops(shipment), **page_facts(shipment))


@bp.route(f"{AT}/complete", methods=["GET", "POST"])
@requires(P.SHIPMENT_EDIT)
def complete(shipment_id: int) -> Any:
    """What was done; it becomes usage."""
    shipment = shipment_of(shipment_id)
    errors: dict[str, Any] = {}
    form = CompleteForm(data={"service_on": clock.today(), "version": shipment.version})
    if form.validate_on_submit():
        finished = attempted(form, lambda: (_completed(shipment, form, errors),))
        if finished is not None:
            said = _("Completed; what was done is recorded as usage.")
            return leave(shipment_id, said if finished[0] else _("It was completed before."))
    return form_page("shipments/desk_complete.html", form, **_complete_page(shipment, errors))


def _went(form: Any, verb: Callable[[], Any]) -> bool:
    return attempted(form, lambda: (verb(),)) is not None


def _customer() -> Customer | None:
    wanted = customer_named()
    return None if wanted is None else load(Customer, wanted, g.viewer, P.CUSTOMER_SEE)


def _new_page(customer: Customer, typed: dict[int, str], errors: dict[str, Any]) -> dict[str, Any]:
    today = clock.today()
    rows = bookable(customer, g.viewer, today)
    choices = choices_of(typed, errors, rows)
    return {"customer": customer, "choices": choices, "today": today, "unit_word": unit_word}


def _opened(
    customer: Customer, form: OpenForm, typed: dict[int, str], errors: dict[str, Any]
) -> Shipment:
    """The shipment; what is wrong with a quantity is told beside it."""
    wishes, wrong = read_wishes(typed)
    try:
        if wrong:
            raise InvalidMany(wrong)
        lines = [*_lines(customer, wishes), *_free_line(form)]
        return opening.open_shipment(customer, lines, _opening(form), g.viewer, clock.now())
    except InvalidMany as refused:
        errors.update(refused.errors)
        raise


def _lines(customer: Customer, wishes: Sequence[Wish]) -> list[PlannedLine]:
    """The wishes as lines. InvalidMany for what is used up or not in force by now."""
    rows = {row.id: row for row in bookable(customer, g.viewer, clock.today())}
    gone = [wish.entitlement_id for wish in wishes if wish.entitlement_id not in rows]
    if gone:
        raise InvalidMany({f"q-{each}": t("This is not there any more.") for each in gone})
    return [
        PlannedLine(row.item_id, row.unit, wish.quantity, row.id)
        for wish in wishes
        if (row := rows[wish.entitlement_id])
    ]


def _free_line(form: OpenForm) -> list[PlannedLine]:
    code = (form.item_code.data or "").strip()
    if not code:
        return []
    item = item_by_code(code)
    if item is None:
        raise Invalid(t("There is no service item with this code."), "item_code")
    if form.item_quantity.data is None or form.item_quantity.data <= 0:
        raise Invalid(t("The quantity must be more than zero."), "item_quantity")
    return [PlannedLine(item.id, form.item_unit.data, form.item_quantity.data)]


def _opening(form: OpenForm) -> Opening:
    return Opening(
        ready_on=form.ready_on.data,
        kind=form.kind.data or "",
        due_on=form.due_on.data,
        origin=form.origin.data or "",
        destination=form.destination.data or "",
        goods=form.goods.data or "",
        customer_reference=form.customer_reference.data or "",
    )


def _boxes(shipment: Shipment) -> list[Box]:
    return [
        Box(row.number, row.box_type, row.seal, row.pieces, row.weight_kg, row.volume_m3)
        for row in shipment.boxes
    ]


def _boxes_set(shipment: Shipment, form: BoxesForm) -> int:
    """How many; an empty list takes them all away only where that was said beside it."""
    listed = read_boxes(form.boxes.data or "")
    if shipment.boxes and not listed and not form.is_emptied.data:
        text = t(
            "The list is empty. Tick the box below to remove all %(n)s.", n=len(shipment.boxes)
        )
        raise Invalid(text, "boxes")
    actions.set_boxes(shipment, listed, g.viewer, clock.now(), seen("version"))
    return len(listed)


def _planned(shipment: Shipment) -> None:
    """All anew from a day where one is given, else each as typed."""
    now, version = clock.now(), seen("version")
    day = request.form.get("ready_on", "")
    if request.form.get("go") == "anew":
        ready_on = _day(day)
        milestones.plan_anew(shipment, ready_on, g.viewer, now, version)
    else:
        milestones.set_plan(shipment, read_plans(request.form), g.viewer, now, version)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Invalid(t("Say from which day on."), "ready_on") from None


def _completed(shipment: Shipment, form: CompleteForm, errors: dict[str, Any]) -> bool:
    try:
        quantities = read_done(request.form)
        why, on = read_why(request.form), form.service_on.data
        return completing.complete(shipment, quantities, on, g.viewer, clock.now(), why)
    except InvalidMany as refused:
        errors.update(refused.errors)
        raise


def _complete_page(shipment: Shipment, errors: dict[str, Any]) -> dict[str, Any]:
    typed: dict[int, str] = {
        position: plain_number(quantity)
        for position, quantity in completing.proposed(shipment).items()
    }
    for line in shipment.lines:
        typed[line.position] = request.form.get(f"done-{line.position}", typed[line.position])
    why = {
        line.position: request.form.get(f"why-{line.position}", "")
        for line in shipment.lines
        if f"why-{line.position}" in {*errors, *request.form}
        or completing.proposed(shipment)[line.position] > line.planned_quantity
    }
    return {"typed": typed, "why": why, "errors": errors, **page_facts(shipment)}
