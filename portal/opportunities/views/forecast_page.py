"""What the forecast shows: months and people, by currency and converted; each figure leads to its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _

from portal.documents.queries import firm_currency
from portal.kernel import clock
from portal.kernel.money import round_money
from portal.kernel.workcalendar import ONE_DAY
from portal.opportunities.desk_tabs import tabs
from portal.opportunities.queries import forecast, words
from portal.opportunities.queries.people import names, sellers
from portal.opportunities.rules.forecast import (
    NOTHING,
    Converted,
    Figures,
    Part,
    cells,
    converted,
    month_of,
    months_from,
)
from portal.web.stepping import as_id

SPANS = (3, 6, 12)
USUAL = 6
KINDS = ("won", "committed", "best", "weighted", "whole")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: what it is called, its figures in one currency, where each of them leads."""

    name: str
    currency: str
    figures: Figures
    urls: dict[str, str | None]
    is_sum: bool = False
    missing: tuple[str, ...] = ()

    def shown(self, kind: str) -> Decimal:
        """A figure, rounded as it is shown."""
        return round_money(getattr(self.figures, kind), self.currency)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: from which month, how many of them, whose, of which method."""

    first: date
    months: int
    owner: int | None
    method: int | None

    @property
    def last(self) -> date:
        """The last day of the last month."""
        return months_from(self.first, self.months + 1)[-1] - ONE_DAY

    @property
    def narrow(self) -> forecast.Narrow:
        """The same for the query."""
        return forecast.Narrow(owner_id=self.owner, method_id=self.method)

    def url(self, **changes: Any) -> str:
        """This page with other wishes."""
        kept = {
            "from": f"{self.first:%Y-%m}",
            "months": self.months,
            "owner": self.owner,
            "method": self.method,
        }
        return url_for("desk_opportunities.forecast", **{**kept, **changes})


@dataclass(frozen=True, slots=True)
class Forecast:
    """The whole page: its parts, and the rates into the firm's currency."""

    asked: Asked
    parts: list[Part]
    currency: str
    rates: Any

    def converted(self, parts: Iterable[Part]) -> Converted:
        """Their sum in the firm's currency."""
        return converted(cells(parts, lambda part: part.currency), self.currency, self.rates)


def asked() -> Asked:
    """From the address; what it does not say, or says wrongly, is half a year from this month on."""
    try:
        first = date.fromisoformat(f"{request.args.get('from', '')}-01")
    except ValueError:
        first = month_of(clock.today())
    months = as_id(request.args.get("months"))
    return Asked(
        first,
        months if months in SPANS else USUAL,
        as_id(request.args.get("owner")),
        as_id(request.args.get("method")),
    )


def read() -> Forecast:
    """What the page stands on."""
    wish, today = asked(), clock.today()
    parts = forecast.parts(g.viewer, wish.first, wish.last, today, wish.narrow)
    currency = firm_currency()
    rates = forecast.rates_into(currency, {each.currency for each in parts}, today)
    return Forecast(wish, parts, currency, rates)


def context() -> dict[str, Any]:
    """The page."""
    found = read()
    total = found.converted(found.parts)
    return {
        "tabs": tabs(),
        "asked": found.asked,
        "spans": SPANS,
        "kinds": KINDS,
        "currency": found.currency,
        "total": _line(_("Together"), found, total.figures, {}, missing=total.missing),
        "by_month": by_month(found),
        "by_person": by_person(found),
        "chart": _chart(found),
        "methods": words.methods(),
        "owners": [(each.id, each.name) for each in sellers()],
        "rules": forecast.forecast_settings(),
        **_ways(found.asked),
        "exports": {kind: found.asked.url(export=kind) for kind in ("xlsx", "csv")},
    }  # fmt: skip


def _ways(wish: Asked) -> dict[str, str]:
    """One month earlier, and one later."""
    return {
        "before": wish.url(**{"from": f"{wish.first - ONE_DAY:%Y-%m}"}),
        "after": wish.url(**{"from": f"{months_from(wish.first, 2)[1]:%Y-%m}"}),
    }


def by_month(found: Forecast) -> list[Line]:
    """Every month, each currency by itself and then converted; what is past its day stands first."""
    lines: list[Line] = []
    for month in _months(found):
        parts = [part for part in found.parts if part.month == month]
        lines += _group(_name(month), parts, found, _where_month(month))
    return lines


def _months(found: Forecast) -> list[date | None]:
    """The months asked for; before them None where something's day has passed."""
    months: list[date | None] = list(months_from(found.asked.first, found.asked.months))
    return [None, *months] if any(part.month is None for part in found.parts) else months


def _name(month: date | None) -> str:
    return _("Past its day") if month is None else f"{month:%Y-%m}"


def by_person(found: Forecast) -> list[Line]:
    """Every owner by name, likewise."""
    known = names({part.owner_id for part in found.parts})
    lines: list[Line] = []
    for owner_id, name in sorted(known.items(), key=lambda each: (each[1], each[0])):
        own = [part for part in found.parts if part.owner_id == owner_id]
        lines += _group(name, own, found, {"owner": owner_id})
    return lines


def _group(name: str, parts: list[Part], found: Forecast, where: dict[str, Any]) -> list[Line]:
    """One line for each currency, and the converted one where it says more than they do."""
    by_currency = cells(parts, lambda part: part.currency)
    lines = [
        _line(name, found, figures, {**where, "currency": code}, code)
        for code, figures in sorted(by_currency.items())
    ]
    if set(by_currency) <= {found.currency}:
        return [_line(name, found, by_currency.get(found.currency, NOTHING), where)]
    whole = found.converted(parts)
    return [*lines, _line(name, found, whole.figures, where, is_sum=True, missing=whole.missing)]


def _where_month(month: date | None) -> dict[str, Any]:
    """What is past its day stands in a line of its own, so not in that of its month."""
    if month is None:
        return {"state": "overdue"}
    last = months_from(month, 2)[1] - ONE_DAY
    within = f"{max(month, clock.today())}..{last}"
    return {"between": within, "closed": f"{month}..{last}"}


def _line(
    name: str, found: Forecast, figures: Figures, where: dict[str, Any], code: str = "", **more: Any
) -> Line:
    return Line(name, code or found.currency, figures, _urls(found.asked, where), **more)


def _urls(wish: Asked, where: dict[str, Any]) -> dict[str, str | None]:
    """Where each figure leads: the list of opportunities with the same wishes."""
    from_ = wish.first if wish.first < month_of(clock.today()) else ""
    kept = {"owner": wish.owner, "method": wish.method, "between": f"{from_}..{wish.last}", **where}
    closed = kept.pop("closed", f"{wish.first}..{wish.last}")
    open_ = {**kept, "enters": "yes"}
    won = {name: value for name, value in kept.items() if name not in ("between", "state")}
    to = lambda **wishes: url_for("desk_opportunities.index", **wishes)  # noqa: E731
    return {
        "won": to(**won, state="won", closed=closed) if where.get("state") != "overdue" else None,
        "committed": to(**open_, forecast="commit"),
        "best": to(**open_, forecast="best"),
        "weighted": to(**open_),
        "whole": to(**open_),
    }


TALL, WIDE = 150, 84


def _chart(found: Forecast) -> dict[str, Any]:
    """The months as columns in the firm's currency: won, then what is open; a mark for weighted.

    What is past its day has a column of its own, so that the columns add up to the sums above them.
    """
    months = _months(found)
    whole = [
        found.converted([p for p in found.parts if p.month == month]).figures for month in months
    ]
    top = max([*(each.won + each.whole for each in whole), Decimal(1)])
    return {
        "wide": WIDE * len(months),
        "tall": TALL,
        "columns": [
            _column(at, month, figures, top, found)
            for at, (month, figures) in enumerate(zip(months, whole, strict=True))
        ],
    }


def _column(
    at: int, month: date | None, figures: Figures, top: Decimal, found: Forecast
) -> dict[str, Any]:
    high = lambda amount: int(amount * (TALL - 24) / top)  # noqa: E731
    won, committed, best = high(figures.won), high(figures.committed), high(figures.best)
    all_open = high(figures.whole)
    return {
        "x": at * WIDE + 18,
        "name": _name(month),
        "parts": [
            ("won", TALL - won, won),
            ("committed", TALL - won - committed, committed),
            ("best", TALL - won - best, best - committed),
            ("whole", TALL - won - all_open, all_open - best),
        ],
        "mark": TALL - won - high(figures.weighted),
        "line": _line(_name(month), found, figures, _where_month(month)),
    }
