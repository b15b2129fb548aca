"""The desk's lists of visits, and of customers whom the plan wants visited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from flask import g, url_for
from markupsafe import Markup, escape
from sqlalchemy import Select

from portal.access.permissions import Permission as P
from portal.care.labels import OVERDUE, TEMPERS, VISITS, WAYS
from portal.care.models import Visit, VisitTarget
from portal.care.queries.plans import NEVER
from portal.care.queries.visits import having_words
from portal.care.rules.kinds import MOODS, VISIT_KINDS, Mood, VisitKind
from portal.care.rules.plans import KEY_CUSTOMERS, due_on
from portal.care.rules.states import VisitState
from portal.customers.models import Customer
from portal.customers.queries.finding import having_words as customers_with
from portal.customers.rules.kinds import SEGMENTS
from portal.kernel import clock
from portal.kernel.text import t
from portal.service_requests.queries.people import holders
from portal.web.chips import chip
from portal.web.filters import day
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.stepping import local
from portal.web.words import name_of, say

V = Visit
ANY = ("", t("Any"))
SINCE = {"30": t("Last 30 days"), "90": t("Last 90 days"), "365": t("Last 12 months")}


def _one_of(column: Any, words: Iterable[str]) -> Callable[[Select[Any], str], Select[Any]]:
    known = list(words)
    return lambda s, value: s.where(column == value) if value in known else s


def _whose(statement: Select[Any], value: str) -> Select[Any]:
    if value == "mine":
        return statement.where(V.visitor_id == g.viewer.user_id)
    return statement.where(V.visitor_id == int(value)) if value.isdecimal() else statement


def _people() -> list[tuple[str, Any]]:
    return [
        ("", t("Everybody's")), ("mine", t("Mine")),
        *((str(user.id), user.name) for user in holders(P.CARE_WORK)),
    ]  # fmt: skip


def _since(statement: Select[Any], value: str) -> Select[Any]:
    if value not in SINCE:
        return statement
    return statement.where(V.done_on >= clock.today() - timedelta(days=int(value)))


def is_overdue(visit: Visit) -> bool:
    """Whether it should have been made by now."""
    return visit.state == VisitState.PLANNED.value and visit.planned_on < clock.today()


def _when(visit: Visit) -> Any:
    at = f" {local(visit.starts_at):%H:%M}" if visit.starts_at else ""
    return Markup('<span class="nowrap">{}{}</span>').format(visit.planned_on, at)


def _customer(visit: Visit) -> Markup:
    met = visit.met or (visit.contact.name if visit.contact else "")
    return Markup('<strong>{}</strong><div class="sub">{}</div>').format(
        visit.customer.label, met or "—"
    )


def _said(visit: Visit) -> Markup:
    text = " ".join(visit.summary.split())
    return escape(text if len(text) <= 70 else f"{text[:70]}…")


def _state(visit: Visit) -> Any:
    return chip(OVERDUE if is_overdue(visit) else VISITS[visit.state])


WHO = Column("customer", t("Customer"), _customer, value=lambda v: name_of(v.customer))
KIND = Column(
    "kind", t("How"), lambda v: chip(WAYS[v.kind]), value=lambda v: say(WAYS[v.kind].text)
)
PURPOSE = Column("purpose", t("What for"), lambda v: say(v.what_for))
VISITOR = Column("visitor", t("Who goes"), lambda v: v.visitor.name)
NUMBER = Column("number", t("Number"), lambda v: v.number, only_in_files=True)
KIND_FILTER = Filter(
    "kind", t("How"), lambda: [ANY, *VISIT_KINDS.items()], _one_of(V.kind, VisitKind)
)
WHOSE_FILTER = Filter("whose", t("Whose"), _people, _whose)
MOOD_FILTER = Filter("mood", t("Mood"), lambda: [ANY, *MOODS.items()], _one_of(V.mood, Mood))
SINCE_FILTER = Filter("since", t("Since"), lambda: [ANY, *SINCE.items()], _since)

PLANNED = ListSpec(
    key="visits",
    columns=(
        Column("on", t("Day"), _when, sort=V.planned_on, value=lambda v: v.planned_on),
        WHO, PURPOSE, KIND, VISITOR,
        Column("state", t("State"), _state, value=lambda v: say(VISITS[v.state].text)),
        NUMBER,
    ),
    row_id=V.id,
    sort="on",
    url=lambda v: url_for("desk_visits.show", visit_id=v.id),
    filters=(WHOSE_FILTER, KIND_FILTER),
    search=having_words,
    search_hint=t("Customer, pinyin, number, purpose …"),
    row_classes=lambda v: "row-warn" if is_overdue(v) else "",
    empty=Empty(
        t("No visit is planned"),
        t("Plan one, or look at whom the plan of visits wants visited."),
        t("Plan a visit"), "desk_visits.new", P.CARE_WORK,
    ),
)  # fmt: skip
MADE = ListSpec(
    key="visits made",
    columns=(
        Column("on", t("Day"), lambda v: day(v.done_on), sort=V.done_on, value=lambda v: v.done_on),
        WHO, KIND,
        Column("mood", t("Mood"), lambda v: chip(TEMPERS[v.mood]) if v.mood else "",
               value=lambda v: say(MOODS[v.mood]) if v.mood else ""),
        Column("summary", t("What they said"), _said, value=lambda v: v.summary),
        VISITOR, NUMBER,
        Column("needs", t("What they need"), lambda v: v.needs, only_in_files=True),
        Column("next", t("Next step"), lambda v: v.next_step, only_in_files=True),
        Column("next_on", t("Next step on"), lambda v: v.next_on, only_in_files=True),
    ),
    row_id=V.id,
    sort="-on",
    url=lambda v: url_for("desk_visits.show", visit_id=v.id),
    filters=(WHOSE_FILTER, KIND_FILTER, MOOD_FILTER, SINCE_FILTER),
    search=having_words,
    search_hint=t("Customer, pinyin, number, purpose …"),
    empty=Empty(t("No visit was made yet"), t("A visit stands here once its sheet is written."),
                t("Planned visits"), "desk_visits.index", P.CARE_SEE),
)  # fmt: skip


def _last(row: Any) -> Any:
    return say(t("Never visited")) if row[1] == NEVER else day(row[1])


def _last_day(row: Any) -> date | None:
    return None if row[1] == NEVER else row[1]


def _next(row: Any) -> Any:
    return "" if row[2] is None else day(row[2])


def _segment(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(Customer.segment == value) if value in SEGMENTS else statement


TO_VISIT = (
    Column("customer", t("Customer"), lambda r: Markup("<strong>{}</strong>").format(r[0].label),
           sort=Customer.name_zh, value=lambda r: name_of(r[0])),
    Column("code", t("Code"), lambda r: r[0].code, only_in_files=True),
    Column("segment", t("Tier"), lambda r: say(SEGMENTS[r[0].segment])),
)  # fmt: skip
AFTER = (
    Column("planned", t("Planned for"), _next, value=lambda r: r[2]),
    Column("owner", t("Account manager"), lambda r: r[3] or ""),
)


def _plan_url(row: Any, goal: VisitTarget | None) -> str:
    """To planning the visit that the plan wants, for who may; else to the customer."""
    if g.viewer.may(P.CARE_WORK):
        kind = goal.kind if goal else None
        return url_for("desk_visits.new", customer=row[0].id, kind=kind)
    return url_for("desk_customers.show", customer_id=row[0].id)


def _due(row: Any, goal: VisitTarget) -> date:
    """The day by which the visit should have been."""
    return due_on(_last_day(row), local(row[0].created_at).date(), goal.every_days)


def _wanted(goal_of: Callable[[Any], Any]) -> tuple[Column, Column]:
    """Since when the visit is late, and which one is wanted."""
    due = lambda r: _due(r, goal_of(r))  # noqa: E731
    return (
        Column("due", t("Should have been by"), lambda r: day(due(r)), value=due),
        Column("kind", t("How"), lambda r: say(VISIT_KINDS[goal_of(r).kind])),
    )


def due_spec(last_on: Any, empty: Empty, goals: Sequence[VisitTarget] = ()) -> ListSpec:
    """A list of (customer, last visit, planned day, owner), `last_on` the column that says when the last one was.

    `goals`: the rows of the plan that the customers are late by; they say since when, and which visit is wanted.
    """
    by_tier = {row.segment: row for row in goals}
    goal_of = lambda r: by_tier.get(KEY_CUSTOMERS) or by_tier.get(r[0].segment)  # noqa: E731
    last = Column("last", t("Last visit"), _last, sort=last_on, value=_last_day)
    return ListSpec(
        key="customers to visit",
        columns=(*TO_VISIT, last, *(_wanted(goal_of) if goals else ()), *AFTER),
        row_id=Customer.id,
        sort="last",
        url=lambda r: _plan_url(r, goal_of(r)),
        filters=(Filter("segment", t("Tier"), lambda: [ANY, *SEGMENTS.items()], _segment),),
        search=customers_with,
        search_hint=t("Customer, pinyin, initials, code …"),
        empty=empty,
    )


NOBODY_DUE = Empty(
    t("Nobody waits for a visit"), t("Everybody was visited as often as the plan of visits says.")
)
ALL_VISITED = Empty(t("Everybody was visited"), t("There is no customer whom nobody ever visited."))
