"""The table of people's load, and the makers of all comparisons by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from flask import g
from flask_babel import gettext as _

from portal.home.links import address_for
from portal.insights.queries import comparison as queries
from portal.insights.rules.comparison import Pair
from portal.insights.views import comparison_tables as made
from portal.insights.views.comparison_question import Question, Report, rows_url
from portal.insights.views.comparison_tables import (
    Drawn,
    Made,
    compared,
    heads_of,
    line_of,
    plain,
)
from portal.kernel.text import t
from portal.web.report_tables import Head, Kind, Line, ReportTable

ZERO = Decimal(0)
LOAD_HEADS = (
    Head(t("Open today"), Kind.COUNT, total=True),
    Head(t("Customers in charge of"), Kind.COUNT, total=True),
)
OPEN_AT, CUSTOMERS_AT = 5, 6
"""The places of the columns of `LOAD_HEADS` in a line."""


def load(question: Question) -> Made:
    """What each of us has to do."""
    found = compared(queries.by_owner, question)
    now = queries.load_now(g.viewer)
    known = {each.key for each in found}
    found += [Pair(key, ZERO, ZERO) for key in now if key not in known]
    names = queries.people({each.key for each in found})
    name = lambda key: names.get(key) or _("Nobody")  # noqa: E731
    url = lambda span, key: rows_url("requests", span, owner=key)  # noqa: E731
    urls = lambda key: (url(question.months, key), url(question.before, key))  # noqa: E731
    lines = [
        _loaded(each.key, line_of(name(each.key), each, urls(each.key), *now.get(each.key, (0, 0))))
        for each in found
    ]
    drawn = [Drawn(name(each.key), each, urls(each.key)[0], plain) for each in found]
    heads = heads_of(t("Person"), Kind.COUNT, *LOAD_HEADS)
    title = _("Requests received, by who has them")
    lead = _("Who has how much: requests of the months, open ones today, customers in charge of.")
    return Made(ReportTable(Report.LOAD.value, title, heads, lines), drawn, lead)


def _loaded(user_id: int, line: Line) -> Line:
    """The line with the way to what is open today and to the customers."""
    open_ones = {"queue": "open", "owner": user_id} if user_id else {"queue": "unassigned"}
    ways: tuple[tuple[int, str, dict[str, Any]], ...] = (
        (OPEN_AT, "desk_requests.queue", open_ones),
        (CUSTOMERS_AT, "desk_customers.index", {"owner": user_id}),
    )
    more = {
        at: address_for(g.viewer, endpoint, **narrowed)
        for at, endpoint, narrowed in ways
        if line.values[at]
    }
    return Line(line.values, {**line.urls, **more})


MAKERS: Mapping[Report, Callable[[Question], Made]] = {
    Report.BUSINESS: made.business,
    Report.GROWTH: made.growth,
    Report.CHURN: made.churn,
    Report.REGION: made.region,
    Report.REQUESTS: made.requests,
    Report.SATISFACTION: made.satisfaction,
    Report.LOAD: load,
}
