"""Reminders that went out, as a list."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select

from portal.kernel.money import CURRENCIES
from portal.kernel.text import t
from portal.receivables import labels
from portal.receivables.models import DunningNotice
from portal.receivables.views.list_parts import ANY, currencies, narrowed_to, searched
from portal.web.chips import chip
from portal.web.filters import day, money
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

N = DunningNotice


def step_words(step_day: int) -> Any:
    """`3 days before it is due`, `on the due day`, `15 days after`."""
    if step_day == 0:
        return t("on the due day")
    if step_day < 0:
        return t("%(days)s days before the due day", days=-step_day)
    return t("%(days)s days after the due day", days=step_day)


def _promised(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(N.promised_on.is_not(None)) if value == "1" else statement


NOTICES_LIST = ListSpec(
    key="reminders",
    columns=(
        Column("number", t("Number"), lambda n: n.number, sort=N.number),
        Column("day", t("Day"), lambda n: day(n.on), sort=N.on, value=lambda n: n.on),
        Column("customer", t("Customer"), lambda n: n.customer.label, value=lambda n: n.customer.name_zh),
        Column("step", t("Step"), lambda n: say(step_words(n.step_day))),
        Column("channel", t("How"), lambda n: chip(labels.CHANNELS[n.channel]),
               value=lambda n: say(labels.CHANNELS[n.channel].text)),
        Column("amount", t("Amount"), lambda n: money(n.amount, n.currency), align="num", sort=N.amount,
               value=lambda n: n.amount, total=True, total_by="currency"),
        Column("currency", t("Currency"), lambda n: n.currency, only_in_files=True),
        Column("promised", t("Promised for"), lambda n: day(n.promised_on) if n.promised_on else "",
               value=lambda n: n.promised_on),
        Column("note", t("What came of it"), lambda n: n.note),
        Column("to", t("Sent to"), lambda n: n.sent_to, only_in_files=True),
    ),
    row_id=N.id,
    sort="-day",
    url=lambda n: url_for("desk_dunning.show", notice_id=n.id),
    filters=(
        Filter("channel", t("How"), lambda: [ANY, *((c, w.text) for c, w in labels.CHANNELS.items())],
               narrowed_to(N.channel, list(labels.CHANNELS))),
        Filter("promised", t("Promise"), lambda: [ANY, ("1", t("With a promise"))], _promised),
        Filter("currency", t("Currency"), currencies, narrowed_to(N.currency, list(CURRENCIES))),
    ),
    search=searched(N.number, N.note),
    search_hint=t("Number, customer, note …"),
    empty=Empty(
        t("No reminder was sent yet"), t("Reminders go out by their steps every morning, or from the page of today.")
    ),
)  # fmt: skip
