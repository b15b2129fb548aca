"""The stock and unit-day report, the same for staff and customers: asked by the address, drawn, or as a file."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, g, make_response, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.catalogue.rules.storage import DayCount
from portal.customers.models import Customer
from portal.kernel import clock
from portal.kernel.period import Period
from portal.kernel.text import Text
from portal.warehouse.forms.forms import ReportForm
from portal.warehouse.labels import DAY_UNITS, UNITS
from portal.warehouse.models import StockLot, Warehouse
from portal.warehouse.queries import stock, unitdays
from portal.warehouse.queries.unitdays import Asked, TableRow
from portal.warehouse.rules.daybook import FIELDS
from portal.warehouse.views.chart import Chart, chart_of
from portal.warehouse.views.parts import customer_tabs, my_tabs
from portal.warehouse.views.terms import Terms, chain_of, is_own, terms_of
from portal.web.exports import Total, table_response
from portal.web.pages import page
from portal.web.words import name_of, say

LONGEST = 366
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Report:
    """One customer's stock over a period."""

    customer: Customer
    asked: Asked
    form: ReportForm
    rows: list[TableRow]
    terms: tuple[Terms, ...]
    unmeasured: list[StockLot]

    @property
    def total(self) -> Decimal:
        """The unit-days."""
        return sum((row.counted for row in self.rows), ZERO)

    @property
    def inbound(self) -> Decimal:
        """What came in."""
        return sum((row.inbound for row in self.rows), ZERO)

    @property
    def outbound(self) -> Decimal:
        """What went out."""
        return sum((row.outbound for row in self.rows), ZERO)

    @property
    def chart(self) -> Chart | None:
        """What counted, day by day."""
        return chart_of(self.rows)

    @property
    def unit(self) -> Text:
        """The unit in words."""
        return UNITS[self.asked.unit]

    @property
    def day_unit(self) -> Text:
        """One unit for one day."""
        return DAY_UNITS[self.asked.unit]


def report_of(customer: Customer) -> Report:
    """The report that the address asks for; what it leaves open follows from the contract and this month."""
    today = clock.today()
    terms = terms_of(customer, today)
    places = stock.places_of(customer.id, g.viewer)
    form = _form(terms, places, today)
    period = _period(form, today)
    asked = Asked(
        customer.id,
        form.unit.data,
        period,
        DayCount(form.count.data),
        int(form.warehouse.data) if form.warehouse.data else None,
    )
    rows = unitdays.table(asked, g.viewer)
    measure = FIELDS[asked.unit]
    open_lots = (
        stock.unmeasured_lots(customer.id, measure, g.viewer) if measure in ("m3", "kg") else []
    )
    return Report(customer, asked, form, rows, terms, open_lots)


def _form(terms: tuple[Terms, ...], places: list[Warehouse], today: date) -> ReportForm:
    policy = terms[0].policy if terms else None
    unit = policy.unit if policy and policy.unit in UNITS else "MTQ"
    usual = {
        "from": today.replace(day=1).isoformat(),
        "to": today.isoformat(),
        "unit": unit,
        "count": (policy.day_count if policy else DayCount.BOTH).value,
        "warehouse": "",
    }
    said = MultiDict({name: request.args.get(name) or word for name, word in usual.items()})
    form = ReportForm(formdata=said)
    listed = [(str(place.id), f"{place.code} {name_of(place)}") for place in places]
    form.warehouse.choices = [("", _("All")), *listed]
    if not form.validate():
        for name in ("unit", "count", "warehouse"):
            if form[name].errors:
                form[name].data = usual[name]
    return form


def _period(form: ReportForm, today: date) -> Period:
    """The period asked for; the current month where what was typed is none, with the reason at its field."""
    first, last = form.first.data, form.last.data
    if first and last and first <= last and (last - first).days < LONGEST:
        return Period(first, last)
    if first and last:
        reason = (
            _("The last day is before the first.")
            if last < first
            else _("At most a year at a time.")
        )
        form.last.errors = [*form.last.errors, reason]
    return Period(today.replace(day=1), today)


def months_around(today: date) -> list[tuple[str, str, str]]:
    """(label, from, to) of this month and the three before it, for one click."""
    found = []
    year, month = today.year, today.month
    for _step in range(4):
        first = date(year, month, 1)
        last = first.replace(day=monthrange(year, month)[1])
        found.append((f"{first:%Y-%m}", first.isoformat(), last.isoformat()))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found


def as_file(report: Report, kind: str) -> Response:
    """The day table as Excel or CSV: the figures of the page, with their sums."""
    unit = say(report.unit)
    heads = [_("Date"), _("Opening"), _("In"), _("Out"), _("Closing"), f"{_('Counted')} ({unit})"]
    sums = [None, None, Total(), Total(), None, Total()]
    period = report.asked.period
    name = f"{report.customer.code}_{_('stock')}_{period.start_on}_{period.end_on}"
    return table_response(kind, name, heads, [list(row) for row in report.rows], sums)


def shown(report: Report, template: str, endpoint: str, **values: Any) -> Response | str:
    """The report as a page (422 where what was asked for makes no sense), or as the file that `?export=` asks for."""
    if request.args.get("export") in ("xlsx", "csv") and not report.form.errors:
        return as_file(report, request.args["export"])
    drawn = page(template, **context(report, endpoint, **values))
    return drawn if not report.form.errors else make_response(drawn, 422)


def context(report: Report, endpoint: str, **values: Any) -> dict[str, Any]:
    """What the report's templates need; `endpoint` with `values` is its own address."""
    here = {key: value for key, value in request.args.items() if value and key != "export"}
    held, last_on = stock.held_by(report.customer.id, g.viewer, report.asked.warehouse_id)
    base = {**here, **values}
    return {
        "report": report,
        "customer": report.customer,
        "form": report.form,
        "held": held,
        "last_on": last_on,
        "chain": chain_of(report.customer, report.terms),
        "tabs": my_tabs(".index") if is_own() else customer_tabs(report.customer.id, ".show"),
        "months": [
            (label, url_for(endpoint, **{**base, "from": first, "to": last}))
            for label, first, last in months_around(clock.today())
        ],
        "exports": {kind: url_for(endpoint, **base, export=kind) for kind in ("xlsx", "csv")},
    }
