"""Satisfaction over some months: figures, the months as bars, and tables by kind, person and customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access.scope import visible
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock
from portal.receivables.rules.report_months import Months, asked_months, moved
from portal.satisfaction.queries import results
from portal.satisfaction.queries.results import By, Span, Tally
from portal.satisfaction.rules.kinds import OCCASION_WORDS, Occasion
from portal.satisfaction.rules.scores import Score
from portal.satisfaction.views.answer_list import NOBODY, months_word
from portal.service_requests.rules.kinds import KIND_WORDS, RequestKind
from portal.web.words import say

USUAL_MONTHS = 12
MONTHS_BACK = 36
SHOWN = 30
DASH = "—"
Narrowed = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One group as a row, and as a bar of `percent` (0 to 100, None: too few answers)."""

    name: str
    url: str
    tally: Tally

    @property
    def percent(self) -> Decimal | None:
        """How many in a hundred were satisfied."""
        return self.tally.satisfied.percent

    @property
    def satisfied(self) -> str:
        """The share as it is read."""
        return shown(self.tally.satisfied)

    @property
    def nps(self) -> str:
        """The score of recommendation as it is read."""
        return shown(self.tally.nps, "")


@dataclass(frozen=True, slots=True)
class Table:
    """Groups under a heading; `more` are not shown."""

    title: str
    head: str
    rows: Sequence[Drawn]
    more: int = 0


def shown(score: Score, unit: str = " %") -> str:
    """A percentage, or a dash where there is none."""
    return DASH if score.percent is None else f"{score.percent}{unit}"


def page_context() -> dict[str, Any]:
    """Everything on the page, for the months and the occasion that the address asks for."""
    months, occasion = _asked()
    within = results.span(months.first, moved(months.last, 1), occasion)
    shown_of = _shown_of(months, occasion)
    viewer = g.viewer
    whole = results.tallied(viewer, within)
    return {
        "months": months,
        "occasion": occasion,
        "occasions": OCCASION_WORDS,
        "month_choices": _month_choices(months),
        "whole": Drawn("", "", whole[0]) if whole and whole[0].count else None,
        "answered": results.asked_and_answered(viewer, within),
        "by_month": _by_month(months, within, shown_of),
        "tables": [each(within, shown_of) for each in (_by_kind, _by_person, _by_customer)],
        "rows_url": partial(_rows, **shown_of),
        "shown": shown,
    }


def _asked() -> tuple[Months, Occasion | None]:
    given, this = request.args, clock.today().replace(day=1)
    first = given.get("from") or f"{moved(this, 1 - USUAL_MONTHS):%Y-%m}"
    months = asked_months(first, given.get("to") or f"{this:%Y-%m}", clock.today())
    wanted = given.get("occasion", "")
    return months, Occasion(wanted) if wanted in tuple(Occasion) else None


def _month_choices(months: Months) -> list[str]:
    this = clock.today().replace(day=1)
    known: set[date] = {moved(this, -back) for back in range(MONTHS_BACK)}
    return sorted((f"{each:%Y-%m}" for each in {*known, months.first, months.last}), reverse=True)


def _by_month(months: Months, within: Span, shown_of: Narrowed) -> list[Drawn]:
    starts = list(months)
    found = {each.key: each for each in results.tallied(g.viewer, within, By.MONTH, starts)}
    empty = lambda at: Tally(at, 0, 0, Score(0, None), Score(0, None))  # noqa: E731
    return [
        Drawn(
            f"{first:%Y-%m}",
            _rows(**{**shown_of, "month": f"{first:%Y-%m}"}),
            found.get(at) or empty(at),
        )
        for at, first in enumerate(starts)
    ]


def _by_kind(within: Span, shown_of: Narrowed) -> Table:
    rows = results.tallied(g.viewer, within, By.KIND)
    name = lambda key: say(KIND_WORDS[RequestKind(key)]) if key else _("Yearly questions")  # noqa: E731
    narrowed = lambda key: {"kind": key} if key else {"occasion": Occasion.YEARLY.value}  # noqa: E731
    drawn = [
        Drawn(name(each.key), _rows(**{**shown_of, **narrowed(each.key)}), each) for each in rows
    ]
    return Table(_("By kind of request"), _("Kind"), drawn)


def _by_person(within: Span, shown_of: Narrowed) -> Table:
    rows = results.tallied(g.viewer, within, By.PERSON)
    names = _names(select(User.id, User.name), [each.key for each in rows if each.key])
    drawn = [
        Drawn(
            names.get(each.key, _("Nobody in charge")),
            _rows(**shown_of, person=each.key or NOBODY),
            each,
        )
        for each in rows
    ]
    return Table(_("By person in charge"), _("Person"), drawn[:SHOWN], max(0, len(drawn) - SHOWN))


def _by_customer(within: Span, shown_of: Narrowed) -> Table:
    rows = results.tallied(g.viewer, within, By.CUSTOMER)
    first = [each.key for each in rows[:SHOWN]]
    theirs = visible(select(Customer), Customer, g.viewer).where(Customer.id.in_(first))
    names = {row.id: row.label for row in db.session.scalars(theirs)}
    drawn = [
        Drawn(names[each.key], _rows(**shown_of, customer=each.key), each) for each in rows[:SHOWN]
    ]
    return Table(_("By customer"), _("Customer"), drawn, len(rows) - len(drawn))


def _names(statement: Any, ids: Sequence[int]) -> Mapping[int, str]:
    return {row.id: row.name for row in db.session.execute(statement.where(User.id.in_(ids)))}


def _shown_of(months: Months, occasion: Occasion | None) -> Narrowed:
    """What the list of answers is narrowed by, so that a figure opens the rows that it counts."""
    word = months_word(months.first, months.last)
    return {"month": word, "occasion": occasion.value if occasion else None}


def _rows(**narrowed: Any) -> str:
    return url_for("desk_surveys.answers", **narrowed)
