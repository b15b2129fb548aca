"""The lines of a statement as a list: searched, narrowed, a hundred a page, as a file with control totals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import request
from sqlalchemy import Select

from portal.billing.labels import LINES
from portal.billing.models import Statement, StatementLine
from portal.billing.queries import statements as queries
from portal.billing.views.line_words import tax_of
from portal.billing.views.summary import Summary
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

LINES_A_PAGE = 100
ANY = ("", t("Any"))
L = StatementLine


def lines_of(statement: Statement, revision: int | None = None) -> Select[Any]:
    """The lines of a statement, or of one of its revisions, for the list to order; a file needs more of each."""
    found = queries.lines if "export" in request.args else queries.drawn_lines
    return found(statement, revision).order_by(None)


def lines_spec(statement: Statement, sums: Summary) -> ListSpec:
    """The list of its lines, narrowed by what there is to choose from."""
    filters = [_filter("state", t("State"), L.state, [(s, w.text) for s, w in LINES.items()])]
    for key, words, column in (
        ("service", t("Service"), L.item_id),
        ("branch", t("Branch"), L.served_id),
    ):
        if len(sums.choices[key]) > 1:
            filters.append(_filter(key, words, column, sums.choices[key]))
    return replace(LINES_LIST, key=statement.number, filters=tuple(filters))


def _filter(key: str, words: Text, column: Any, options: list[tuple[str, Any]]) -> Filter:
    known = [str(value) for value, _ in options]

    def narrowed(statement: Select[Any], value: str) -> Select[Any]:
        if value not in known:
            return statement
        return statement.where(column == (int(value) if value.isdecimal() else value))

    return Filter(key, words, lambda: [ANY, *options], narrowed)


def _by_reference(statement: Select[Any], words: str) -> Select[Any]:
    return statement.where(L.reference.contains(words[:80], autoescape=True))


def _held(key: str, words: Text, read: Callable[[StatementLine], Any], **more: Any) -> Column:
    """A column that the page draws in its own way and a file holds as it is."""
    return Column(key, words, read, value=read, only_in_files=True, **more)


def _summed(key: str, words: Text, read: Callable[[StatementLine], Any]) -> Column:
    return _held(key, words, read, total=True, total_by="currency")


LINES_LIST = ListSpec(
    key="lines",
    columns=(
        Column("serial", t("Line"), lambda r: r.serial, sort=L.served_id),
        _held("name", t("Service"), name_of),
        _held("branch", t("Branch"), lambda r: name_of(r.served)),
        _held("from", t("First day"), lambda r: r.starts_on),
        _held("until", t("Last day"), lambda r: r.ends_on),
        _held("reference", t("Reference"), lambda r: r.reference),
        _held("contract", t("Contract"), lambda r: r.contract.number if r.contract else ""),
        _held("quantity", t("Quantity"), lambda r: r.quantity),
        _held("unit", t("Unit"), lambda r: say(unit_word(r.unit))),
        _held("rate", t("Rate"), lambda r: r.rate),
        _held("priced", t("Price currency"), lambda r: r.line_currency),
        _held("amount", t("Amount"), lambda r: r.amount, total=True, total_by="priced"),
        _held("exchange", t("Rate of exchange"), lambda r: r.exchange_rate),
        _held("exchange_on", t("Day of the rate"), lambda r: r.rate_on),
        _held("tax_rate", t("Rate of tax"), lambda r: say(tax_of(r))),
        _held("currency", t("Currency"), lambda r: r.statement.currency),
        _summed("net", t("Net"), lambda r: r.net_amount),
        _summed("tax", t("Tax"), lambda r: r.tax_amount),
        _summed("gross", t("Amount with tax"), lambda r: r.gross_amount),
        _held("state", t("State"), lambda r: say(LINES[r.state].text)),
    ),
    row_id=L.serial,
    sort="serial",
    url=lambda _line: None,
    search=_by_reference,
    search_hint=t("Reference …"),
    page_size=LINES_A_PAGE,
    empty=Empty(t("No line"), t("A voided draft has given its lines back.")),
)
