"""The forecast by month, person and currency, added up by the database (REQUIREMENTS O3, O19)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, extract, func, or_, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.catalogue.queries.rates import exchange_rate
from portal.catalogue.rules.exchange import ExchangeRate
from portal.db.base import db
from portal.db.kept import Kept
from portal.documents.models import FirmProfile
from portal.documents.queries import firm_profile
from portal.kernel.errors import Invalid
from portal.opportunities.models import (
    Collaborator,
    Opportunity,
    OpportunityCompetitor,
    OpportunityLine,
)
from portal.opportunities.rules.forecast import Part, month_of, oldest_day
from portal.opportunities.rules.kinds import ForecastCategory
from portal.opportunities.rules.settings import ForecastSettings, Needed
from portal.opportunities.rules.states import OpportunityState

Opp = Opportunity


def forecast_settings() -> ForecastSettings:
    """Which opportunities enter, seldom by a query."""
    return _SETTINGS.get()


def entering(settings: ForecastSettings, today: date) -> list[ColumnElement[bool]]:
    """The criteria of an open opportunity that enters: `rules.forecast.enters`, told to the database."""
    wanted: list[ColumnElement[bool]] = [
        Opp.state == OpportunityState.OPEN.value,
        Opp.amount.is_not(None),
        Opp.close_on.is_not(None),
        Opp.category != ForecastCategory.OMITTED.value,
        Opp.likelihood >= settings.least_likelihood,
    ]
    if settings.ratings:
        wanted.append(Opp.rating.in_(sorted(settings.ratings)))
    if settings.overdue_days:
        wanted.append(Opp.close_on >= oldest_day(settings, today))
    return wanted + [_NEEDED[Needed(need)]() for need in sorted(settings.needed)]


@dataclass(frozen=True, slots=True)
class Narrow:
    """Which part of the forecast is looked at; None: everything."""

    owner_id: int | None = None
    method_id: int | None = None
    currency: str | None = None
    category_id: int | None = None


ALL = Narrow()


def parts(
    viewer: Viewer, first: date, last: date, today: date, narrow: Narrow = ALL
) -> list[Part]:  # fmt: skip
    """What is forecast and won from `first` to `last` (days), alike ones added up: few rows, however many there are.

    Open ones whose day has passed stand apart (`month` None), all of them when `first` is of this month or later.
    """
    found = [
        _part(row, today) for row in db.session.execute(_open(viewer, first, last, today, narrow))
    ]
    won = [_won_part(row) for row in db.session.execute(_won(viewer, first, last, narrow))]
    return _together(found) + won


def rows(viewer: Viewer, first: date, last: date, today: date, narrow: Narrow = ALL) -> Select[Any]:
    """The open opportunities behind a cell of the forecast."""
    statement = visible(select(Opp), Opp, viewer).where(*entering(forecast_settings(), today))
    return _narrowed(statement.where(Opp.close_on.between(first, last)), narrow)


def collaborators_parts(
    viewer: Viewer, first: date, last: date, today: date, narrow: Narrow = ALL
) -> list[Part]:
    """What collaborators forecast themselves on opportunities that enter (O2): beside the owners' figures."""
    year, month = _month(Opp.close_on)
    statement = (
        select(year, month, Collaborator.user_id, Collaborator.currency, Opp.category,
               func.coalesce(Collaborator.likelihood, Opp.likelihood), func.sum(Collaborator.amount), func.count())
        .join(Opp, Opp.id == Collaborator.opportunity_id)
        .where(*entering(forecast_settings(), today), Collaborator.amount.is_not(None),
               Opp.close_on.between(first, last))
        .group_by(year, month, Collaborator.user_id, Collaborator.currency, Opp.category,
                  func.coalesce(Collaborator.likelihood, Opp.likelihood))
    )  # fmt: skip
    statement = visible(_narrowed(statement, narrow), Opp, viewer)
    return [
        Part(date(int(row[0]), int(row[1]), 1), row[2], row[3], row[4], int(row[5]), row[6], row[7])
        for row in db.session.execute(statement)
    ]


def rates_into(currency: str, codes: Iterable[str], today: date) -> dict[str, ExchangeRate]:
    """The latest rates of the day; a currency without one is left out, and so told as missing."""
    found: dict[str, ExchangeRate] = {}
    for code in sorted(set(codes) - {currency}):
        with suppress(Invalid):
            found[code] = exchange_rate(code, currency, today)
    return found


def _open(
    viewer: Viewer, first: date, last: date, today: date, narrow: Narrow
) -> Select[Any]:  # fmt: skip
    year, month = _month(Opp.close_on)
    has_passed = Opp.close_on < today
    from_ = Opp.close_on >= first
    within = from_ if first < month_of(today) else or_(from_, has_passed)
    keys = (year, month, has_passed, Opp.owner_id, Opp.currency, Opp.category, Opp.likelihood)
    statement = select(*keys, func.sum(Opp.amount), func.count()).where(
        *entering(forecast_settings(), today), Opp.close_on <= last, within
    )
    return visible(_narrowed(statement, narrow).group_by(*keys), Opp, viewer)


def _won(viewer: Viewer, first: date, last: date, narrow: Narrow) -> Select[Any]:
    year, month = _month(Opp.closed_on)
    keys = (year, month, Opp.owner_id, Opp.currency, Opp.category)
    statement = select(*keys, func.coalesce(func.sum(Opp.amount), 0), func.count()).where(
        Opp.state == OpportunityState.WON.value, Opp.closed_on.between(first, last)
    )
    return visible(_narrowed(statement, narrow).group_by(*keys), Opp, viewer)


def _narrowed(statement: Select[Any], narrow: Narrow) -> Select[Any]:
    for column, value in (
        (Opp.owner_id, narrow.owner_id),
        (Opp.method_id, narrow.method_id),
        (Opp.currency, narrow.currency),
        (Opp.category_id, narrow.category_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return statement


def _part(row: Sequence[Any], today: date) -> Part:
    year, month, has_passed, owner_id, currency, category, likelihood, amount, count = row
    at = None if has_passed else date(int(year), int(month), 1)
    return Part(at, owner_id, currency, category, likelihood, amount, count)


def _won_part(row: Sequence[Any]) -> Part:
    year, month, owner_id, currency, category, amount, count = row
    at = date(int(year), int(month), 1)
    return Part(at, owner_id, currency, category, 100, amount, count, is_won=True)


def _together(found: list[Part]) -> list[Part]:
    """Those whose day has passed came month by month; they stand in one place."""
    merged: dict[tuple[Any, ...], Part] = {}
    for part in found:
        key = (part.month, part.owner_id, part.currency, part.category, part.likelihood)
        known = merged.get(key)
        if known is not None:
            part = Part(*key, known.amount + part.amount, known.count + part.count)
        merged[key] = part
    return list(merged.values())


def _month(column: Any) -> tuple[Any, Any]:
    return extract("year", column), extract("month", column)


def _has(model: type[OpportunityLine] | type[OpportunityCompetitor]) -> ColumnElement[bool]:
    return exists().where(model.opportunity_id == Opp.id)


_NEEDED = {
    Needed.CONTACT: lambda: Opp.contact_id.is_not(None),
    Needed.SITE: lambda: Opp.site_id.is_not(None),
    Needed.CATEGORY: lambda: Opp.category_id.is_not(None),
    Needed.NEXT_STEP: lambda: Opp.next_step != "",
    Needed.ITEMS: lambda: _has(OpportunityLine),
    Needed.COMPETITOR: lambda: or_(Opp.names_no_competitor.is_(True), _has(OpportunityCompetitor)),
}

_SETTINGS = Kept(lambda: ForecastSettings.from_json(firm_profile().sales), FirmProfile)
