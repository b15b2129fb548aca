"""The desk's list of opportunities: filters by stage, owner, rating, category, source, month, state; files."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from flask import g, request, url_for
from markupsafe import Markup
from sqlalchemy import Select, false, func, select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.customers.rules.kinds import SOURCES
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.money import CURRENCIES
from portal.kernel.text import Text, t
from portal.opportunities.labels import OVERDUE, RATING_LABELS, STATES, STUCK
from portal.opportunities.models import Collaborator, Opportunity
from portal.opportunities.queries import lists, words
from portal.opportunities.queries.people import sellers
from portal.opportunities.rules.kinds import (
    AMOUNTS_FROM,
    FORECAST_CATEGORIES,
    KINDS,
    RATINGS,
    ForecastCategory,
)
from portal.opportunities.rules.states import OpportunityState
from portal.web.chips import chip
from portal.web.filters import day, money
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.stepping import as_id
from portal.web.words import name_of, say

O = Opportunity  # noqa: E741 - the room's one table
ANY = ("", t("Any"))
UNDER = Markup('{}<div class="item-note">{}</div>')
LONG_AGO, FAR = date(1, 1, 1), date(9999, 12, 31)
MONTHS = 12
OPEN = OpportunityState.OPEN.value


def standing(viewer: Viewer) -> Select[Any]:
    """The list as it opens: what is still open, unless its filter asks for others."""
    statement = lists.opportunities(viewer)
    return statement if request.args.get("state") else statement.where(O.state == OPEN)


def by_state(statement: Select[Any], value: str) -> Select[Any]:
    """`any`: all; `overdue`: open past the day by which it was to be decided; `stuck`: too long in a stage."""
    if value == "any":
        return statement
    if value == "overdue":
        return lists.overdue(statement, clock.today())
    if value == "stuck":
        return lists.stuck(statement, clock.now())
    return statement.where(O.state == value) if value in STATES else statement.where(false())


def by_owner(statement: Select[Any], value: str) -> Select[Any]:
    """A person's own; `mine`: my own; `shared`: those that I collaborate in."""
    if value == "shared":
        shared = select(Collaborator.opportunity_id).where(Collaborator.user_id == g.viewer.user_id)
        return statement.where(O.id.in_(shared))
    wanted = g.viewer.user_id if value == "mine" else as_id(value)
    return statement.where(O.owner_id == wanted)


def by_month(statement: Select[Any], value: str) -> Select[Any]:
    """Those that are to be decided in a month, `2026-04`; `none`: without a day."""
    if value == "none":
        return statement.where(O.close_on.is_(None))
    span = month_span(value)
    return statement.where(O.close_on.between(*span)) if span else statement.where(false())


def month_span(value: str) -> tuple[date, date] | None:
    """The first and the last day of a month; None for what is no month."""
    try:
        first = date.fromisoformat(f"{value}-01")
    except ValueError:
        return None
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def day_span(value: str) -> tuple[date, date] | None:
    """Two days, `2026-04-01..2026-06-30`, either of them missing for no bound; None for what is no span."""
    first, dots, last = value.partition("..")
    try:
        span = (
            date.fromisoformat(first) if first else LONG_AGO,
            date.fromisoformat(last) if last else FAR,
        )
    except ValueError:
        return None
    return span if dots else None


def _one_of(column: Any, known: Any) -> Callable[[Select[Any], str], Select[Any]]:
    return lambda statement, value: statement.where(
        column == value if value in {str(each) for each in known} else false()
    )


def _by_id(column: Any) -> Callable[[Select[Any], str], Select[Any]]:
    return lambda statement, value: statement.where(column == as_id(value))


def _owners() -> list[tuple[str, Any]]:
    fixed = [("", t("Everybody's")), ("mine", t("Mine")), ("shared", t("Shared with me"))]
    return [*fixed, *((str(each.id), each.name) for each in sellers())]


def _stages() -> list[tuple[str, Any]]:
    rows = words.methods(all_=True)
    return [
        ANY,
        *(
            (str(stage.id), f"{name_of(method)} · {name_of(stage)}" if len(rows) > 1 else name_of(stage))
            for method in rows
            for stage in method.stages
        ),
    ]  # fmt: skip


def _months(back: int = 2) -> list[tuple[str, Any]]:
    today = clock.today()
    first = today.year * 12 + today.month - 1
    spans = [(at // 12, at % 12 + 1) for at in range(first - back, first + MONTHS)]
    named = [(f"{year}-{month:02}", f"{year}-{month:02}") for year, month in spans]
    return [ANY, *named, ("none", t("Without a day"))]


def _customers() -> list[tuple[str, Any]]:
    chosen = as_id(request.args.get("customer"))
    row = db.session.scalar(
        visible(select(Customer), Customer, g.viewer).where(Customer.id == chosen)
    )
    return [ANY, *([(str(chosen), row.label)] if row else [])]


def _entering(statement: Select[Any], value: str) -> Select[Any]:
    narrow = {"yes": lists.forecast, "no": lists.left_out}.get(value)
    return narrow(statement, clock.today()) if narrow else statement.where(false())


def _closed_in(statement: Select[Any], value: str) -> Select[Any]:
    span = month_span(value) or day_span(value)
    return lists.closed(statement, *span) if span else statement.where(false())


def _decided_in(statement: Select[Any], value: str) -> Select[Any]:
    span = day_span(value)
    return statement.where(O.close_on.between(*span)) if span else statement.where(false())


def _asked(key: str) -> list[tuple[str, Any]]:
    """The days that another page led here by."""
    value = request.args.get(key, "")
    span = day_span(value)
    if span is None:
        return []
    first, last = ("…" if each in (LONG_AGO, FAR) else f"{each}" for each in span)
    return [(value, f"{first} – {last}")]


def _in_categories(statement: Select[Any], value: str) -> Select[Any]:
    wanted = BEST if value == "best" else (value,)
    return statement.where(O.category.in_(wanted))


BEST = (ForecastCategory.BEST_CASE.value, ForecastCategory.COMMIT.value)
ON_DEMAND = (
    Filter("customer", t("Customer"), _customers, _by_id(O.customer_id)),
    Filter("enters", t("Enters the forecast"), lambda: [ANY, ("yes", t("Yes")), ("no", t("No"))], _entering),
    Filter("closed", t("Won or lost in"), lambda: [*_months(back=MONTHS), *_asked("closed")], _closed_in),
    Filter("between", t("Decided between"), lambda: [ANY, *_asked("between")], _decided_in),
    Filter("currency", t("Currency"), lambda: [ANY, *((code, code) for code in CURRENCIES)],
           _one_of(O.currency, CURRENCIES)),
    Filter("method", t("Sales method"),
           lambda: [ANY, *((str(each.id), name_of(each)) for each in words.methods(all_=True))],
           _by_id(O.method_id)),
)  # fmt: skip
"""Filters that stand above the list only where another page led here by them."""


def _title(row: Opportunity) -> Markup:
    return UNDER.format(row.title, row.customer.label)


def _stage(row: Opportunity) -> Markup:
    if row.state != OPEN:
        return chip(STATES[row.state])
    return UNDER.format(name_of(row.stage), f"{row.likelihood} %")


def _close(row: Opportunity) -> Any:
    if row.close_on is None:
        return ""
    return (
        UNDER.format(day(row.close_on), chip(OVERDUE))
        if lists.is_overdue(row, clock.today())
        else day(row.close_on)
    )


def _looks(row: Opportunity) -> str:
    if row.state != OPEN:
        return "row-muted"
    return "row-bad" if lists.is_overdue(row, clock.today()) else ""


def _rating(row: Opportunity) -> Any:
    return chip(RATING_LABELS[row.rating]) if row.rating else ""


def _in_file(key: str, label: Text, read: Callable[[Opportunity], Any]) -> Column:
    return Column(key, label, read, value=read, only_in_files=True)


def spec() -> ListSpec:
    """The list, with the filters that other pages lead here by."""
    more = tuple(each for each in ON_DEMAND if request.args.get(each.key))
    return replace(OPPORTUNITY_LIST, filters=(*OPPORTUNITY_LIST.filters, *more))


OPPORTUNITY_LIST = ListSpec(
    key="opportunities",
    columns=(
        Column("number", t("Number"), lambda o: o.number, sort=O.number),
        Column("title", t("What may be sold"), _title, value=lambda o: o.title),
        _in_file("customer", t("Customer"), lambda o: o.customer.name_zh),
        _in_file("code", t("Customer code"), lambda o: o.customer.code),
        Column("stage", t("Stage"), _stage, value=lambda o: name_of(o.stage)),
        Column("amount", t("Amount"), lambda o: money(o.amount, o.currency), align="num", value=lambda o: o.amount,
               sort=func.coalesce(O.amount, 0), total=True, total_by="currency"),
        _in_file("currency", t("Currency"), lambda o: o.currency),
        _in_file("amount_from", t("Where the amount comes from"), lambda o: say(AMOUNTS_FROM[o.amount_from])),
        _in_file("likelihood", t("Likelihood, percent"), lambda o: o.likelihood),
        _in_file("forecast", t("In the forecast as"), lambda o: say(FORECAST_CATEGORIES[o.category])),
        Column("close", t("Decided by"), _close, sort=func.coalesce(O.close_on, FAR), value=lambda o: o.close_on),
        Column("rating", t("How it looks"), _rating, value=lambda o: say(RATINGS[o.rating]) if o.rating else ""),
        Column("owner", t("Owner"), lambda o: o.owner.name),
        Column("changed", t("Changed"), lambda o: day(clock.business_day(o.updated_at)), sort=O.updated_at,
               value=lambda o: clock.business_day(o.updated_at)),
        _in_file("kind", t("Kind"), lambda o: say(KINDS[o.kind])),
        _in_file("category", t("Category"), lambda o: name_of(o.category_row) if o.category_row else ""),
        _in_file("source", t("Source"), lambda o: o.source_label or (say(SOURCES[o.source]) if o.source else "")),
        _in_file("next", t("Next step"), lambda o: o.next_step),
        _in_file("next_on", t("Next step on"), lambda o: o.next_on),
        _in_file("state", t("State"), lambda o: say(STATES[o.state].text)),
        _in_file("closed", t("Won or lost on"), lambda o: o.closed_on),
    ),
    row_id=O.id,
    sort="-changed",
    url=lambda o: url_for("desk_opportunities.show", opportunity_id=o.id),
    filters=(
        Filter("state", t("State"), lambda: [
            ("", t("Open opportunity")), ("overdue", OVERDUE.text), ("stuck", STUCK.text),
            ("won", STATES["won"].text), ("lost", STATES["lost"].text),
            ("any", t("Any"))], by_state),
        Filter("stage", t("Stage"), _stages, _by_id(O.stage_id)),
        Filter("owner", t("Whose"), _owners, by_owner),
        Filter("month", t("Decided in"), _months, by_month),
        Filter("rating", t("How it looks"), lambda: [ANY, *RATINGS.items()], _one_of(O.rating, RATINGS)),
        Filter("category", t("Category"),
               lambda: [ANY, *((str(each.id), name_of(each)) for each in words.categories(all_=True))],
               _by_id(O.category_id)),
        Filter("forecast", t("Forecast"), lambda: [
            ANY, *FORECAST_CATEGORIES.items(), ("best", t("Best case and committed"))],
               _in_categories),
        Filter("source", t("Source"), lambda: [ANY, *SOURCES.items()], _one_of(O.source, SOURCES)),
    ),
    search=lists.search,
    search_hint=t("Number, title, customer, pinyin …"),
    row_classes=_looks,
    empty=Empty(
        t("No opportunities here"),
        t("Write down what a customer might buy: it then has an owner, a day and a next step."),
        t("New opportunity"), "desk_opportunities.new", P.OPPORTUNITY_EDIT,
    ),
)  # fmt: skip
