"""The ages of what is owed, as a page and as a file: by customer or group, in each currency, on any day (R9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _

from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.receivables.queries import open_items
from portal.receivables.queries.ageing_columns import ageing_days
from portal.receivables.queries.open_items import AgeingRow
from portal.receivables.rules.ageing import UP_TO, Aged, headings
from portal.web.exports import Total, table_response
from portal.web.stepping import day_in
from portal.web.words import say

SHOWN = 200
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; a day to come is today."""

    as_of: date
    by_group: bool
    days: int
    usual_days: int
    currency: str

    @property
    def bounds(self) -> tuple[int, ...]:
        """The ends of the columns in days."""
        return UP_TO[self.days]

    def url(self, **more: Any) -> str:
        """The address of the same question as a file."""
        kept: dict[str, Any] = {
            "as_of": self.as_of.isoformat(),
            "by": "group" if self.by_group else None,
            "bounds": self.days if self.days != self.usual_days else None,
            "currency": self.currency or None,
        }
        return url_for("desk_receivables.ageing", **kept, **more)


@dataclass(frozen=True, slots=True)
class Bar:
    """One column as a bar: what it says, its amount, its width and share in percent of the longest and of all."""

    words: Text
    amount: Decimal
    width: str
    share: int
    is_late: bool
    is_apart: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One currency: its bars, its rows (the most overdue first) and their sum."""

    currency: str
    bars: list[Bar]
    rows: list[AgeingRow]
    total: Aged
    count: int


def asked() -> Asked:
    """The question of this request."""
    today, usual = clock.today(), ageing_days()
    return Asked(
        as_of=min(day_in("as_of") or today, today),
        by_group=request.args.get("by") == "group",
        days=next((each for each in UP_TO if str(each) == request.args.get("bounds")), usual),
        usual_days=usual,
        currency=request.args.get("currency", "")[:3].upper(),
    )


def context(question: Asked) -> dict[str, Any]:
    """The page."""
    heads = headings(question.bounds)
    parts = open_items.most_overdue(
        g.viewer, question.as_of, question.bounds, SHOWN, by_group=question.by_group, currency=question.currency
    )  # fmt: skip
    return {
        "asked": question,
        "today": clock.today(),
        "headings": heads,
        "up_to": UP_TO,
        "sections": [
            Section(code, bars(each.total, heads), each.rows, each.total, each.count)
            for code, each in parts.items()
        ],
        "file_urls": {kind: question.url(kind=kind) for kind in ("xlsx", "csv")},
    }


def as_file(question: Asked, kind: str) -> Response:
    """The whole table with a control total for each currency."""
    heads = [
        _("Customer"),
        _("Customer code"),
        _("Currency"),
        *map(say, headings(question.bounds)),
        _("Disputed"),
        _("Open amount"),
    ]
    rows = [
        [row.customer.name_zh, row.customer.code, row.currency, *row.aged.columns, row.aged.disputed, row.aged.total]
        for row in _rows(question)
    ]  # fmt: skip
    totals = [None, None, None, *([Total(by=2)] * (len(heads) - 3))]
    return table_response(kind, f"{_('ageing')}_{question.as_of.isoformat()}", heads, rows, totals)


def bars(total: Aged, heads: tuple[Text, ...]) -> list[Bar]:
    """Each column, and what is disputed apart, if anything is, as a bar against the longest."""
    parts = list(zip(heads, total.columns, strict=True))
    if total.disputed:
        parts.append((t("Disputed"), total.disputed))
    longest = max((abs(amount) for _words, amount in parts), default=Decimal(0))
    found, last = [], len(heads)
    for at, (words, amount) in enumerate(parts):
        share = int(_share(amount, total.total))
        found.append(
            Bar(words, amount, _percent(amount, longest), share, 0 < at < last, at == last)
        )
    return found


def _rows(question: Asked) -> list[AgeingRow]:
    return open_items.ageing(
        g.viewer, question.as_of, question.bounds, by_group=question.by_group, currency=question.currency
    )  # fmt: skip


def _percent(amount: Decimal, longest: Decimal) -> str:
    return f"{_share(max(amount, Decimal(0)), longest):.1f}"


def _share(amount: Decimal, whole: Decimal) -> Decimal:
    return amount / whole * HUNDRED if whole > 0 else Decimal(0)
