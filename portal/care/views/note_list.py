"""The desk's lists of watch notes and of the register of the market."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from flask import url_for
from markupsafe import Markup, escape
from sqlalchemy import Select

from portal.access.permissions import Permission as P
from portal.care.labels import ENDED, EXPIRED, IN_FORCE, NEWS, SUBJECTS, SURENESS, WEIGHTS
from portal.care.models import MarketEntry, WatchNote
from portal.care.models.notes import NEVER
from portal.care.queries.notes import having_market_words, having_note_words, in_force
from portal.care.rules.kinds import (
    IMPORTANCES,
    MARKET_KINDS,
    RELIABILITIES,
    WATCH_SUBJECTS,
    Importance,
    MarketKind,
    Reliability,
    WatchSubject,
)
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.text import t
from portal.opportunities.queries.words import competitors
from portal.web.chips import chip
from portal.web.filters import day
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

W, M = WatchNote, MarketEntry
ANY = ("", t("Any"))
STANDING = {"": t("In force"), "old": t("No longer"), "all": t("Any")}


def _one_of(column: Any, words: Iterable[str]) -> Callable[[Select[Any], str], Select[Any]]:
    known = list(words)
    return lambda s, value: s.where(column == value) if value in known else s


def _standing(model: Any) -> Callable[[Select[Any], str], Select[Any]]:
    def narrowed(statement: Select[Any], value: str) -> Select[Any]:
        if value != "old":
            return statement
        return statement.where((model.expires_on < clock.today()) | model.ended_on.is_not(None))

    return narrowed


def only_in_force(statement: Select[Any], model: Any, chosen: str) -> Select[Any]:
    """Unless asked otherwise, what still counts."""
    return statement if chosen in ("old", "all") else in_force(statement, model, clock.today())


def standing_of(row: WatchNote | MarketEntry) -> Label:
    """Whether it still counts."""
    if row.ended_on is not None:
        return ENDED
    return EXPIRED if row.expires_on < clock.today() else IN_FORCE


def until(on: date) -> str:
    """The last day on which it counts; nothing where it has none."""
    return "" if on == NEVER else str(day(on))


def _short(text: str) -> Markup:
    plain = " ".join(text.split())
    return escape(plain if len(plain) <= 90 else f"{plain[:90]}…")


def _competitors() -> list[tuple[str, Any]]:
    return [
        ANY,
        *((str(row.id), name_of(row)) for row in db.session.scalars(competitors(all_=True))),
    ]


def _of_competitor(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(M.competitor_id == int(value)) if value.isdecimal() else statement


def _price(row: MarketEntry) -> Any:
    if row.price is None:
        return ""
    per = f" / {row.unit}" if row.unit else ""
    plain = f"{row.price.normalize():f}"
    return Markup('<span class="nowrap"><span class="currency">{}</span> {}{}</span>').format(
        row.currency, plain, per
    )


def lane_of(row: MarketEntry) -> str:
    """From where to where, as it was heard."""
    ends = [each for each in (row.origin, row.destination) if each]
    return " → ".join(ends)


WATCH_NOTES = ListSpec(
    key="watch notes",
    columns=(
        Column("noted", t("Noted"), lambda n: day(n.noted_on), sort=W.noted_on, value=lambda n: n.noted_on),
        Column("customer", t("Customer"), lambda n: n.customer.label, value=lambda n: name_of(n.customer)),
        Column("about", t("Concerns"), lambda n: n.contact.name if n.contact else say(SUBJECTS[n.subject].text)),
        Column("importance", t("Importance"), lambda n: chip(WEIGHTS[n.importance]),
               value=lambda n: say(WEIGHTS[n.importance].text)),
        Column("text", t("Note"), lambda n: _short(n.text), value=lambda n: n.text),
        Column("until", t("Counts until"), lambda n: until(n.expires_on), sort=W.expires_on,
               value=lambda n: None if n.expires_on == NEVER else n.expires_on),
        Column("writer", t("Written by"), lambda n: n.writer.name if n.writer else ""),
        Column("source", t("Where from"), lambda n: n.source, only_in_files=True),
    ),
    row_id=W.id,
    sort="-noted",
    url=lambda n: url_for("desk_watch_notes.show", note_id=n.id),
    filters=(
        Filter("standing", t("State"), lambda: list(STANDING.items()), _standing(W)),
        Filter("importance", t("Importance"), lambda: [ANY, *IMPORTANCES.items()], _one_of(W.importance, Importance)),
        Filter("about", t("Concerns"), lambda: [ANY, *WATCH_SUBJECTS.items()], _one_of(W.subject, WatchSubject)),
    ),
    search=having_note_words,
    search_hint=t("Customer, pinyin, or words of the note …"),
    row_classes=lambda n: "" if standing_of(n) is IN_FORCE else "row-muted",
    empty=Empty(
        t("No watch notes"),
        t("What to know before one speaks to a customer: birthdays of the boss, a new rule for the trade, a fight with "
          "the warehouse."),
        t("New note"), "desk_watch_notes.new", P.CARE_WORK,
    ),
)  # fmt: skip
MARKET = ListSpec(
    key="market news",
    columns=(
        Column("observed", t("Heard on"), lambda m: day(m.observed_on), sort=M.observed_on,
               value=lambda m: m.observed_on),
        Column("kind", t("Kind"), lambda m: chip(NEWS[m.kind]), value=lambda m: say(NEWS[m.kind].text)),
        Column("title", t("In one line"), lambda m: Markup("<strong>{}</strong>").format(m.title),
               value=lambda m: m.title),
        Column("competitor", t("Competitor"), lambda m: name_of(m.competitor) if m.competitor else ""),
        Column("lane", t("Lane"), lane_of),
        Column("price", t("Price"), _price, align="num", value=lambda m: m.price),
        Column("sure", t("How sure it is"), lambda m: chip(SURENESS[m.reliability]),
               value=lambda m: say(SURENESS[m.reliability].text)),
        Column("until", t("Counts until"), lambda m: until(m.expires_on), sort=M.expires_on,
               value=lambda m: None if m.expires_on == NEVER else m.expires_on),
        Column("currency", t("Currency"), lambda m: m.currency if m.price is not None else "", only_in_files=True),
        Column("unit", t("Per"), lambda m: m.unit, only_in_files=True),
        Column("item", t("Service item"), lambda m: m.item.code if m.item else "", only_in_files=True),
        Column("industry", t("Industry"), lambda m: m.industry, only_in_files=True),
        Column("text", t("More about it"), lambda m: m.text, only_in_files=True),
        Column("source", t("Where from"), lambda m: m.source, only_in_files=True),
        Column("writer", t("Noted by"), lambda m: m.writer.name if m.writer else "", only_in_files=True),
    ),
    row_id=M.id,
    sort="-observed",
    url=lambda m: url_for("desk_market.show", entry_id=m.id),
    filters=(
        Filter("standing", t("State"), lambda: list(STANDING.items()), _standing(M)),
        Filter("kind", t("Kind"), lambda: [ANY, *MARKET_KINDS.items()], _one_of(M.kind, MarketKind)),
        Filter("competitor", t("Competitor"), _competitors, _of_competitor),
        Filter("sure", t("How sure it is"), lambda: [ANY, *RELIABILITIES.items()], _one_of(M.reliability, Reliability)),
    ),
    search=having_market_words,
    search_hint=t("Words, lane, competitor, industry …"),
    row_classes=lambda m: "" if standing_of(m) is IN_FORCE else "row-muted",
    empty=Empty(
        t("Nothing was heard of the market yet"),
        t("Competitors' prices and moves, news and rules: each with its source and how sure it is."),
        t("Note something"), "desk_market.new", P.MARKET_EDIT,
    ),
)  # fmt: skip
