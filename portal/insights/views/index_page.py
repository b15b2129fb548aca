"""The indices on their page: each with its year as a line, then by customer, lane or kind of shipment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.catalogue.queries.places import all_places
from portal.customers.models import Customer
from portal.db.base import db
from portal.insights.queries import indices as queries
from portal.insights.queries.indices import By, Narrowed
from portal.insights.rules.index_table import FOR_CUSTOMERS, GROUPS, INDICES, Index, Unit
from portal.insights.rules.indices import Facts, Figure, fill_by_unit
from portal.insights.views.index_question import BETWEEN, Asked, customer_of, month_choices
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.receivables.rules.report_months import moved
from portal.shipments.rules.plans import KINDS
from portal.web.filters import quantity
from portal.web.report_tables import Head, Kind, Line, ReportTable
from portal.web.spark import Spark, spark_of
from portal.web.words import name_of, say

DASH = "—"
BY_WORDS: Mapping[By, Text] = {
    By.CUSTOMER: t("Customer"),
    By.LANE: t("Lane"),
    By.CATEGORY: t("Kind of shipment"),
}
SIDE_BY_SIDE = ("on_time", "undamaged", "speed", "cycle", "cycle_p90", "complaints")
UNITS: Mapping[Unit, Text] = {
    Unit.PERCENT: Text("%"),
    Unit.DAYS: t("days"),
    Unit.WEEKLY: t("a week"),
    Unit.RATE: Text(""),
    Unit.NUMBER: Text(""),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One index as the page shows it."""

    index: Index
    value: str
    units: list[str]
    before: str
    trend: str
    tone: str
    base: int
    left_out: int
    spark: Spark | None
    url: str | None


def page_context(asked: Asked) -> dict[str, Any]:
    """The page."""
    customer, today = customer_of(asked), clock.today()
    lanes = queries.lanes(asked.year, g.viewer)
    by_month = queries.by_month(asked.year, asked.narrowed, g.viewer, today)
    return {
        "asked": asked,
        "customer": customer,
        "groups": [(group.label, [_row(asked, each, by_month) for each in group.indices]) for group in GROUPS],
        "outstanding": _outstanding(asked),
        "table": group_table(asked),
        "by_words": BY_WORDS,
        "month_choices": month_choices(asked.month),
        "kinds": KINDS,
        "lanes": _lane_choices(asked, lanes),
        "measured_at": queries.measured(asked.months).get(asked.month),
        "is_running": asked.month == today.replace(day=1),
        "file_urls": {key: asked.file_urls(key) for key in ("indices", "by")},
    }  # fmt: skip


def tables(asked: Asked) -> dict[str, Callable[[], ReportTable]]:
    """Key → the table, for a file."""
    customer_of(asked)
    return {"indices": lambda: _year_table(asked), "by": lambda: group_table(asked)}


def _lane_choices(asked: Asked, lanes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The lanes to choose from, the one that is chosen among them."""
    known = {f"{one}{BETWEEN}{other}": lane_words(one, other) for one, other in lanes}
    if asked.lane:
        known.setdefault(asked.lane, lane_words(*asked.lane.split(BETWEEN, 1)))
    return list(known.items())


def lane_words(origin: str, destination: str) -> str:
    """上海 → 纽约 in the reader's words."""
    known = all_places()
    ends = [(code, known.get(code)) for code in (origin, destination) if code]
    return " → ".join(name_of(place) if place else code for code, place in ends) or _("No lane")


def shown(figure: Figure, unit: Unit) -> str:
    """A figure with its unit; a dash where nothing divides."""
    if figure.value is None:
        return DASH
    words = say(UNITS[unit])
    return (
        f"{figure.value:,f} {words}".strip() if unit is not Unit.NUMBER else f"{figure.value:,.0f}"
    )


def group_table(asked: Asked) -> ReportTable:
    """A few indices side by side, by customer, lane or kind; what has the most deliveries first."""
    found = queries.by_group(asked.by, asked.months, asked.narrowed, g.viewer, clock.today())
    rows = [(key, facts) for key, facts in found.items() if facts.counts]
    rows.sort(key=lambda row: (-row[1].counts["delivered"], str(row[0])))
    name = _namer(asked.by, [key for key, _facts in rows])
    heads = [
        Head(BY_WORDS[asked.by]), Head(t("Delivered"), Kind.COUNT, total=True),
        *(Head(INDICES[code].label, _kind(INDICES[code].unit)) for code in SIDE_BY_SIDE),
    ]  # fmt: skip
    lines = [_line(asked, key, facts, name(key)) for key, facts in rows]
    title = _("By %(what)s", what=say(BY_WORDS[asked.by]).lower())
    note = _("A dash stands where nothing was delivered, promised or answered.")
    return ReportTable("by", title, heads, lines, note=note, empty=_("Nothing was measured here."))


def _line(asked: Asked, key: tuple[Any, ...], facts: Facts, name: str) -> Line:
    narrowed = _narrowed(asked, key)
    here = replace(asked, narrowed=narrowed, by=By.LANE if asked.by is By.CUSTOMER else By.CUSTOMER)
    figures = [INDICES[code].figure(facts) for code in SIDE_BY_SIDE]
    urls = {0: url_for("desk_indices.index", **here.parts()) if narrowed != asked.narrowed else ""}
    if facts.counts["delivered"]:
        urls[1] = asked.rows_url(INDICES["undamaged"], narrowed)
    for at, (code, figure) in enumerate(zip(SIDE_BY_SIDE, figures, strict=True), 2):
        urls[at] = asked.rows_url(INDICES[code], narrowed) if figure.value is not None else ""
    values = [name, facts.counts["delivered"], *(each.value for each in figures)]
    return Line(values, {at: url for at, url in urls.items() if url})


def _narrowed(asked: Asked, key: tuple[Any, ...]) -> Narrowed:
    if asked.by is By.CUSTOMER:
        return replace(asked.narrowed, customer_id=key[0])
    if asked.by is By.CATEGORY:
        return replace(asked.narrowed, category=key[0])
    return replace(asked.narrowed, origin=key[0], destination=key[1], no_lane=not any(key))


def _row(asked: Asked, index: Index, by_month: Mapping[date, Facts]) -> Row:
    by_lane = asked.narrowed.by_lane and not index.by_lane
    year = [index.figure(Facts() if by_lane else by_month[month]) for month in asked.year]
    now, before = year[-1], year[-2]
    has_rows = now.base or now.value
    return Row(
        index, shown(now, index.unit), _units(index, by_month[asked.month]), shown(before, index.unit),
        *_trend(index, now, before), now.base, now.left_out, spark_of([each.value for each in year]),
        asked.rows_url(index) if has_rows else None,
    )  # fmt: skip


def _units(index: Index, facts: Facts) -> list[str]:
    """The fill rate of each unit, where there are several."""
    found = fill_by_unit(facts) if index.code == "fill" else []
    return [
        f"{say(unit_word(unit))} {each.value:f} %" for unit, each in found if each.value is not None
    ]


def _trend(index: Index, now: Figure, before: Figure) -> tuple[str, str]:
    """(mark, tone) of the change since the month before."""
    if now.value is None or before.value is None or now.value == before.value:
        return "", ""
    rose = now.value > before.value
    tone = "" if index.up is None else ("good" if rose is index.up else "bad")
    return ("arrow-up" if rose else "arrow-down"), tone


def _outstanding(asked: Asked) -> list[tuple[str, str, str]]:
    """(currency, days sales outstanding, where it leads)."""
    if asked.narrowed.by_lane or not g.viewer.may(P.AGEING_SEE):
        return []
    found = queries.outstanding(asked.months, asked.narrowed, g.viewer, clock.today())
    customer = asked.narrowed.customer_id
    where = (
        url_for("desk_receivables.customer", customer_id=customer)
        if customer
        else url_for("desk_receivables.index")
    )
    return [
        (each.currency, quantity(each.outstanding) if each.outstanding is not None else DASH, where)
        for each in found
    ]


def _year_table(asked: Asked) -> ReportTable:
    """Every index of every month of the year, with what it counts, for a file."""
    by_month = queries.by_month(asked.year, asked.narrowed, g.viewer, clock.today())
    heads = [
        Head(t("Month")), Head(t("Index")), Head(t("Figure"), Kind.QUANTITY), Head(t("Unit")),
        Head(t("Base count"), Kind.COUNT), Head(t("Not counted"), Kind.COUNT), Head(t("How it is worked out")),
        Head(t("What it counts")), Head(t("What it leaves out")),
    ]  # fmt: skip
    lines = [
        Line(
            [f"{month:%Y-%m}", say(index.label), figure.value, say(UNITS[index.unit]), figure.base,
             figure.left_out, say(index.definition), say(index.base), say(index.left_out)]
        )
        for month in asked.year
        for index in INDICES.values()
        for figure in [index.figure(by_month[month])]
    ]  # fmt: skip
    return ReportTable("indices", _("Service indices"), heads, lines)


def _kind(unit: Unit) -> Kind:
    return Kind.PERCENT if unit is Unit.PERCENT else Kind.QUANTITY


def _namer(by: By, keys: list[tuple[Any, ...]]) -> Callable[[tuple[Any, ...]], str]:
    if by is By.LANE:
        return lambda key: lane_words(*key)
    if by is By.CATEGORY:
        return lambda key: say(KINDS.get(key[0], t("Not a shipment")))
    wanted = visible(select(Customer), Customer, g.viewer)
    rows = db.session.scalars(wanted.where(Customer.id.in_([key[0] for key in keys])))
    names = {row.id: row.label for row in rows}
    return lambda key: names.get(key[0], DASH)


def promise_card(customer_ids: list[int]) -> dict[str, Any] | None:
    """For a customer's page of the service promise: its own figures of the last three months and this one.

    (index, value, how many were counted) of what customers see of themselves; None while nothing was counted.
    """
    today = clock.today()
    facts = queries.promised_figures(customer_ids, g.viewer, today)
    found = [(INDICES[code], INDICES[code].figure(facts)) for code in FOR_CUSTOMERS]
    figures = [(index, shown(each, index.unit), each.base) for index, each in found if each.base]
    since = moved(today.replace(day=1), -3)
    return {"figures": figures, "since": f"{since:%Y-%m}"} if figures else None
