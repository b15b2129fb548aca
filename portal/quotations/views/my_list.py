"""The customer's list of quotations."""

from __future__ import annotations

from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import Select

from portal.kernel import clock
from portal.kernel.text import t
from portal.quotations import addressed, queries
from portal.quotations.actions.paper_facts import place_words
from portal.quotations.labels import STATES, TO_ANSWER, state_of
from portal.quotations.models import Quotation, QuotationVersion
from portal.quotations.rules.states import QuotationState as S
from portal.quotations.views.offer import (
    customer_label,
    days_left,
    known_places,
    reading,
    today,
)
from portal.web.chips import chip
from portal.web.filters import day, money
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

OFFERED = (S.ISSUED, S.ACCEPTED, S.DECLINED, S.EXPIRED, S.WITHDRAWN)
SOON = 3


def _chip(row: QuotationVersion) -> Markup:
    return chip(customer_label(row))


def lane(row: QuotationVersion) -> str:
    """上海 → 纽约, in the reader's words."""
    if not row.origin and not row.destination:
        return ""
    known, read = known_places(), reading()
    ends = (read(place_words(code, known)) for code in (row.origin, row.destination))
    return " → ".join(ends)


def _until(row: QuotationVersion) -> Any:
    left = days_left(row)
    if state_of(row, today()) is not S.ISSUED or left is None or left > SOON:
        return day(row.valid_until)
    words = t("last day today") if left == 0 else t("%(n)s days left", n=left)
    return Markup('{} <span class="chip chip-warn">{}</span>').format(
        day(row.valid_until), say(words)
    )


def _states() -> list[tuple[str, Any]]:
    named = {state: STATES[state].text for state in OFFERED} | {S.ISSUED: TO_ANSWER.text}
    return [("", t("Any")), *((state.value, named[state]) for state in OFFERED)]


def _by_state(statement: Select[Any], chosen: str) -> Select[Any]:
    return addressed.in_state(statement, chosen, today()) if chosen in OFFERED else statement


QUOTATIONS = ListSpec(
    key="quotations",
    columns=(
        Column("number", t("Number"), lambda v: v.quotation.number, sort=Quotation.number),
        Column("title", t("What for"), lambda v: v.quotation.title, sort=Quotation.title),
        Column("lane", t("Lane"), lane),
        Column("state", t("State"), _chip, value=lambda v: say(customer_label(v).text)),
        Column(
            "total",
            t("Total"),
            lambda v: money(v.total_amount, v.total_currency),
            align="num",
            value=lambda v: v.total_amount,
        ),
        Column("currency", t("Currency"), lambda v: v.total_currency, only_in_files=True),
        Column(
            "valid_until",
            t("Valid until"),
            _until,
            sort=QuotationVersion.valid_until,
            value=lambda v: v.valid_until,
        ),
        Column(
            "issued",
            t("Received"),
            lambda v: day(clock.business_day(v.issued_at)),
            sort=QuotationVersion.issued_at,
            value=lambda v: clock.business_day(v.issued_at),
        ),
        Column("version", t("Version"), lambda v: v.version_no, align="num"),
    ),
    row_id=QuotationVersion.id,
    sort="-issued",
    url=lambda v: url_for("my_quotations.show", quotation_id=v.quotation_id),
    filters=(Filter("state", t("State"), _states, _by_state),),
    search=queries.search,
    search_hint=t("Number, words of the title …"),
    row_classes=lambda v: "row-muted" if v.state in (S.WITHDRAWN, S.DECLINED) else "",
    empty=Empty(
        t("No quotations yet"),
        t("As soon as we send you a quotation, you find it here and can answer it."),
    ),
)
