"""A weekly letter on its page."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import g

from portal.home.links import address_for
from portal.insights.models import DigestIssue
from portal.insights.rules.digest import Told, notable, reported, told_from
from portal.kernel.money import format_amount
from portal.web.filters import moved
from portal.web.words import say


def context(row: DigestIssue) -> dict[str, Any]:
    """The figures with the week before, and what is to be noticed."""
    figures = told_from(row.figures)
    first, last = reported(row.week_on)
    return {
        "issue": row,
        "first": first,
        "last": last,
        "figures": [drawn(each, first, last) for each in figures],
        "notable": [drawn(each, first, last) for each in notable(figures)],
    }


def drawn(figure: Told, first: date, last: date) -> dict[str, Any]:
    """One figure of these days as it is read, and where it leads."""
    kind = figure.kind
    label = say(kind.label)
    parts = dict(kind.narrowed)
    if kind.dated:
        parts[kind.dated] = f"{first}..{last}"
    if figure.currency:
        parts["currency"] = figure.currency
    return {
        "label": f"{label}, {figure.currency}" if figure.currency else label,
        "now": read(figure, figure.now),
        "before": read(figure, figure.before),
        "percent": None if figure.percent is None else moved(figure.percent),
        "tone": figure.tone,
        "url": address_for(g.viewer, kind.endpoint, **parts),
    }


def read(figure: Told, value: Any) -> str:
    """A value in its unit; a dash where there is none."""
    if value is None:
        return "—"
    if figure.kind.unit == "money":
        return format_amount(value, figure.currency)
    return f"{value:f} %" if figure.kind.unit == "percent" else f"{value:,.0f}"
