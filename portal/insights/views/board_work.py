"""Panels about the work: service, its quality, shipments, the warehouse, prices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.db.together import Inquiry, Question, Rows
from portal.insights.queries import boards
from portal.insights.queries import indices as sums
from portal.insights.queries.indices import Narrowed
from portal.insights.rules.index_table import INDICES
from portal.insights.rules.indices import Facts
from portal.insights.views.board import (
    Drawing,
    Panel,
    Point,
    Stat,
    bars,
    counted,
    noticed,
    picture_of,
)
from portal.insights.views.board_sales import (
    bills,
    business,
    commission,
    customers,
    owed,
    pipeline,
)
from portal.insights.views.index_page import shown
from portal.insights.views.index_question import Asked
from portal.kernel import clock
from portal.receivables.rules.report_months import Months, moved
from portal.satisfaction.queries import results
from portal.satisfaction.queries.results import By, Tally
from portal.service_requests.rules.kinds import KIND_WORDS, RequestKind
from portal.web.spark import spark_of
from portal.web.words import say

ZERO = Decimal(0)
ON_BOARD = ("on_time", "undamaged", "cycle", "complaints")
FORTNIGHT = 14


def service() -> Drawing | None:
    """Open requests by kind, late ones, nobody's."""
    if not g.viewer.may(P.REQUEST_WORK):
        return None
    return Inquiry((boards.open_requests(g.viewer, clock.now()),), _service)


def _service(rows: Rows) -> Panel:
    late, nobody = sum(row[2] for row in rows), sum(row[3] for row in rows)
    queue = lambda name, **more: url_for("desk_requests.queue", queue=name, **more)  # noqa: E731
    stats = [
        Stat(_("Open requests"), counted(sum(row[1] for row in rows)), queue("open")),
        Stat(_("Late now"), counted(late), queue("late"), tone=noticed(late)),
        Stat(_("Nobody's"), counted(nobody), queue("unassigned"), tone=noticed(nobody)),
    ]
    named = lambda kind: say(KIND_WORDS[RequestKind(kind)])  # noqa: E731
    drawn = [
        (named(kind), Decimal(count), counted(count), queue("open", kind=kind))
        for kind, count, *_rest in rows
    ]
    url, empty = url_for("desk_requests.index"), _("No request is open.")
    return Panel(_("Service requests"), url, stats, bars(drawn), empty=empty)


def quality() -> Drawing | None:
    """A few indices of the month that ended last, with their year."""
    if not g.viewer.may(P.INSIGHT_SEE):
        return None
    today = clock.today()
    asked = Asked(moved(today.replace(day=1), -1), Narrowed())
    facts = sums.by_month_asked(asked.year, asked.narrowed, g.viewer, today)
    return Inquiry((facts,), partial(_quality, asked))


def _quality(asked: Asked, by_month: dict[date, Facts]) -> Panel:
    stats = [_index_stat(asked, code, by_month) for code in ON_BOARD]
    title = _("Service indices %(month)s", month=f"{asked.month:%Y-%m}")
    return Panel(title, asked.url(), stats, more=_("All indices"))


def _index_stat(asked: Asked, code: str, by_month: dict[date, Facts]) -> Stat:
    index = INDICES[code]
    year = [index.figure(by_month[month]) for month in asked.year]
    now = year[-1]
    note = _("out of %(base)s", base=counted(now.base)) if now.base else _("nothing counted")
    url = asked.rows_url(index) if now.value is not None else None
    spark = spark_of([each.value for each in year])
    return Stat(say(index.label), shown(now, index.unit), url, note, spark=spark)


def satisfaction() -> Drawing | None:
    """Satisfied answers of the year, month by month."""
    if not g.viewer.may(P.SURVEY_SEE):
        return None
    this = clock.today().replace(day=1)
    year = Months(this, this).back(12)
    within = results.span(year.first, moved(year.last, 1))
    tallies = results.tallied_asked(g.viewer, within, By.MONTH, list(year))
    return Inquiry((tallies,), partial(_satisfaction, year))


def _satisfaction(year: Months, tallies: Sequence[Tally]) -> Panel:
    found = {each.key: each for each in tallies}
    shares = [found[at].satisfied.percent if at in found else None for at in range(12)]
    answers = lambda **narrowed: url_for("desk_surveys.answers", **narrowed)  # noqa: E731
    points = [
        Point(f"{on:%m}", f"{on:%Y-%m}", share or ZERO, "—" if share is None else f"{share:f} %",
              answers(month=f"{on:%Y-%m}"))
        for on, share in zip(year, shares, strict=True)
    ]  # fmt: skip
    stats = _answer_stats(
        list(found.values()), answers(month="year"), answers(month="year", score="low")
    )
    url, empty = url_for("desk_surveys.index"), _("Too few answers for a percentage.")
    title = _("Satisfied answers in percent")
    picture = picture_of(points, _("Satisfied"))
    return Panel(title, url, stats, picture=picture, empty=empty)


def _answer_stats(found: Sequence[Tally], url: str, low_url: str) -> list[Stat]:
    count, low = sum(each.count for each in found), sum(each.low for each in found)
    return [
        Stat(_("Answers of the year"), counted(count), url),
        Stat(_("Low scores"), counted(low), low_url, tone=noticed(low)),
    ]


def carriage() -> Drawing | None:
    """Shipments under way, late, promised soon; bookings to answer."""
    if not (g.viewer.may(P.SHIPMENT_EDIT) or g.viewer.may(P.BOOKING_DECIDE)):
        return None
    asks: list[Question[Any]] = [boards.carriage(g.viewer, clock.now(), clock.today())]
    if g.viewer.may(P.BOOKING_DECIDE):
        asks.append(boards.requested(g.viewer))
    return Inquiry(asks, _carriage)


def _carriage(counts: tuple[int, ...], asked: int | None = None) -> Panel:
    going, late, week = counts
    address = lambda **narrowed: url_for("desk_shipments.index", **narrowed)  # noqa: E731
    stats = [
        Stat(_("Not finished"), counted(going), address(state="open")),
        Stat(_("Late"), counted(late), address(late="yes"), tone="bad" if late else ""),
        Stat(_("Promised within a week"), counted(week), address(due="week")),
    ]
    if asked is not None:
        url = url_for("desk_bookings.index", state="requested")
        stats.append(
            Stat(_("Bookings to answer"), counted(asked), url, tone="bad" if asked else "")
        )
    return Panel(_("Shipments"), url_for("desk_shipments.index"), stats)


def warehouse() -> Drawing | None:
    """Movements of the last two weeks, day by day."""
    if not g.viewer.may(P.STOCK_RECORD):
        return None
    today = clock.today()
    days = [today - timedelta(days=each) for each in reversed(range(FORTNIGHT))]
    return Inquiry((boards.movements(g.viewer, days[0]),), partial(_warehouse, days))


def _warehouse(days: Sequence[date], rows: Rows) -> Panel:
    found = {row[0]: row[1] for row in rows}
    counts = [found.get(each, 0) for each in days]
    moved_on = lambda on: url_for("desk_warehouse.all_movements", counted=on)  # noqa: E731
    points = [
        Point(f"{on:%d}", f"{on}", Decimal(count), counted(count), moved_on(f"{on}"))
        for on, count in zip(days, counts, strict=True)
    ]
    words = _("movements")
    stats = [
        Stat(_("Today"), counted(counts[-1]), points[-1].url, words),
        Stat(_("In two weeks"), counted(sum(counts)), moved_on(f"{days[0]}..{days[-1]}"), words),
    ]
    picture, empty = picture_of(points, words), _("Nothing moved in two weeks.")
    url, title = url_for("desk_warehouse.index"), _("Warehouse, movements a day")
    return Panel(title, url, stats, picture=picture, empty=empty)


def prices() -> Drawing | None:
    """Tariffs in force, drafts, those that end soon."""
    if not g.viewer.may(P.TARIFF_ACTIVATE):
        return None
    today = clock.today()
    return Inquiry((boards.tariffs(today, today + timedelta(days=30)),), _prices)


def _prices(counts: tuple[int, ...]) -> Panel:
    active, drafts, ending = counts
    address = lambda state: url_for("desk_tariffs.index", state=state)  # noqa: E731
    stats = [
        Stat(_("In force"), counted(active), address("active")),
        Stat(_("Drafts"), counted(drafts), address("draft")),
        Stat(
            _("End within 30 days"),
            counted(ending),
            address("ending"),
            tone="bad" if ending else "",
        ),
    ]
    return Panel(_("Tariffs"), url_for("desk_tariffs.index"), stats)


PANELS: tuple[Callable[[], Drawing | None], ...] = (
    pipeline, business, service, carriage, warehouse, prices, quality, customers, satisfaction, owed, bills, commission,
)  # fmt: skip
"""In the order of the page; each asks for its own right."""
