"""Carriers' bills at the desk: sent, compared with what we sent out, differences noted and settled."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.billing.actions import carrier_bills as actions
from portal.billing.actions.carrier_bill_comparing import Sheet, Terms
from portal.billing.forms.carrier_bills import FROM_FILE, CompareForm, NoteForm
from portal.billing.models import CarrierBill, CarrierBillRow
from portal.billing.queries import carrier_bills as queries
from portal.billing.rules.carrier_bills import Finding, Tolerance
from portal.billing.views.carrier_bill_lists import BILLS, waybills
from portal.billing.views.carrier_bill_page import bill_context, waybill_context
from portal.billing.views.desk_door import check_seen, reason
from portal.catalogue.queries.tariffs import tariff, usable_for_batch
from portal.kernel import clock
from portal.kernel.errors import FileProblems, NotFound
from portal.web import doors
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import refused
from portal.web.stepping import done_or_stale
from portal.web.uploads import received
from portal.web.words import name_of

MOST_LINES = 20_000
"""So many are compared in about four seconds; more would keep others waiting."""
SHOWN_PROBLEMS = 200
NEW, SHOW, WAYBILL = (f"billing/desk_carrier_bill{each}.html" for each in ("_new", "", "_waybill"))
bp = doors.desk("carrier_bills", __name__)


@bp.get("/carrier-bills")
@requires(P.CARRIER_BILL_EDIT)
def index() -> Any:
    """Every bill that was compared."""
    return list_page(BILLS, queries.bills(), "billing/desk_carrier_bills.html")


@bp.route("/carrier-bills/new", methods=["GET", "POST"])
@requires(P.CARRIER_BILL_EDIT)
def new() -> Any:
    """Send a bill and our own records."""
    form = _form()
    beside: dict[str, Any] = {"carriers": queries.carriers(), "problems": (), "most": MOST_LINES}
    if form.validate_on_submit():
        try:
            row = attempted(form, lambda: _read(form))
        except FileProblems as error:
            beside["problems"] = error.problems[:SHOWN_PROBLEMS]
            return refused(NEW, form=form, count=len(error.problems), **beside)
        except actions.AlreadyRead as error:
            beside["known"] = error
            return refused(NEW, form=form, **beside)
        if row is not None:
            flash(_("Compared. Every waybill has its finding."), "success")
            return redirect(url_for(".show", bill_id=row.id), 303)
    return form_page(NEW, form, **beside)


def _form() -> CompareForm:
    form = CompareForm()
    form.tariff_id.choices = [
        ("", _("is not checked")),
        *(
            (row.id, f"{row.code} · {name_of(row.scheme)} · {row.valid_from}")
            for row in usable_for_batch(g.viewer)
        ),
    ]
    return form


def _read(form: CompareForm) -> CarrierBill:
    kg, chosen = form.tolerance_kg.data, form.tariff_id.data
    terms = Terms(
        carrier=form.carrier.data or "",
        tolerance=None if kg is None else Tolerance(kg, bool(form.by_price.data)),
        tariff=tariff(chosen, g.viewer) if chosen else None,
        currency=form.currency.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
    )
    bill = _sheet(form.bill)
    own = _sheet(form.own) if form.records.data == FROM_FILE else None
    return actions.read(bill, own, terms, g.viewer, clock.now(), MOST_LINES)


def _sheet(field: Any) -> Sheet:
    upload = received(field.data, field.name, ("xlsx", "csv", "unknown"))
    return Sheet(upload.body, upload.name)


@bp.get("/carrier-bills/<int:bill_id>", defaults={"finding": ""})
@bp.get("/carrier-bills/<int:bill_id>/<string:finding>")
@requires(P.CARRIER_BILL_EDIT)
def show(bill_id: int, finding: str) -> Any:
    """What the comparison found: all, or one finding."""
    bill = fetch(CarrierBill, bill_id)
    if finding:
        _finding(finding)
    return list_page(
        waybills(bill, finding),
        queries.rows_of(bill.id, finding),
        SHOW,
        beside=lambda _rows: bill_context(bill, finding),
    )


def _finding(word: str) -> Finding:
    if word not in set(Finding):
        raise NotFound()
    return Finding(word)


@bp.post("/carrier-bills/<int:bill_id>/<string:finding>/note")
@requires(P.CARRIER_BILL_EDIT)
def note_all(bill_id: int, finding: str) -> Response:
    """The same note on every waybill of a finding that has none."""
    bill, of = fetch(CarrierBill, bill_id), _finding(finding)
    verb = partial(actions.note_all, bill, of, reason(), g.viewer, clock.now())
    return done_or_stale(_to(bill_id, finding), _("Noted."), verb)


@bp.route("/carrier-bills/<int:bill_id>/waybills/<int:row_id>", methods=["GET", "POST"])
@requires(P.CARRIER_BILL_EDIT)
def waybill(bill_id: int, row_id: int) -> Any:
    """One waybill: both sides of it, and what was agreed."""
    row = fetch(CarrierBillRow, row_id)
    if row.bill_id != bill_id:
        raise NotFound()
    form = NoteForm(data={"note": row.settled_note})
    if form.validate_on_submit():
        verb = partial(actions.note, row, form.note.data or "", g.viewer, clock.now())
        return done_or_stale(_to(bill_id, row.finding), _("Noted."), verb)
    return form_page(WAYBILL, form, **waybill_context(row))


@bp.post("/carrier-bills/<int:bill_id>/settle")
@requires(P.CARRIER_BILL_EDIT)
def settle(bill_id: int) -> Response:
    """Everything about the bill is agreed."""
    bill = fetch(CarrierBill, bill_id)

    def verb() -> None:
        check_seen(bill)
        actions.settle(bill, reason(), g.viewer, clock.now())

    return done_or_stale(_to(bill_id), _("Settled."), verb)


@bp.post("/carrier-bills/<int:bill_id>/discard")
@requires(P.CARRIER_BILL_EDIT)
def discard(bill_id: int) -> Response:
    """Take the comparison away, so that the bill can be read again."""
    bill = fetch(CarrierBill, bill_id)

    def verb() -> None:
        check_seen(bill)
        actions.discard(bill, reason(), g.viewer, clock.now())

    said = _("Discarded. The bill can be read again.")
    there = done_or_stale(_to(bill_id), said, verb)
    return there if "X-Refused" in there.headers else redirect(url_for(".index"), 303)  # type: ignore[return-value]


def _to(bill_id: int, finding: str = "") -> Response:
    return redirect(url_for(".show", bill_id=bill_id, finding=finding), 303)  # type: ignore[return-value]
