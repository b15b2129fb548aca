"""The desk's lists of leads: mine, due, the pool, all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from flask import url_for
from markupsafe import Markup, escape
from sqlalchemy import Date, Select, func, literal

from portal.access.permissions import Permission as P
from portal.customers.rules.kinds import MARKETS, SOURCES
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.leads.actions.pool import end_of
from portal.leads.labels import LEADS, RATED
from portal.leads.models import Lead
from portal.leads.queries.leads import having_words, lead_settings
from portal.leads.rules.states import LeadState
from portal.opportunities.rules.kinds import RATINGS
from portal.service_requests.queries.people import holders
from portal.web.buttons import step_button
from portal.web.chips import chip
from portal.web.filters import day, instant, money
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

L = Lead
ANY = ("", t("Any"))
FAR = date(9999, 12, 31)
SHOWN_NEED = 60


def _named(words: Mapping[str, Text]) -> Callable[[str], str]:
    return lambda value: say(words[value]) if value else ""


def _where(lead: Lead) -> str:
    """Whom to ask for, and where they are."""
    return " · ".join(part for part in (lead.contact_name, lead.city) if part)


def _need(lead: Lead) -> Markup:
    text = " ".join(lead.need.split())
    cut = text if len(text) <= SHOWN_NEED else f"{text[:SHOWN_NEED]}…"
    return escape(cut)


def _amount(lead: Lead) -> Any:
    return "" if lead.amount is None else money(lead.amount, lead.currency)


def _next(lead: Lead) -> Any:
    if lead.next_touch_on is None:
        return ""
    late = lead.next_touch_on <= clock.today()
    return Markup('<span class="{}">{}</span>').format(
        "bad nowrap" if late else "nowrap", lead.next_touch_on
    )


def _falls(lead: Lead) -> Any:
    """How many days are left until it falls back."""
    end = end_of(lead)
    if end is None:
        return ""
    left = (end.on - clock.today()).days
    said = say(t("today")) if left <= 0 else say(t("in %(days)s days", days=left))
    near = end.is_near(clock.today(), lead_settings())
    return Markup('<span class="{}">{}</span>').format("bad nowrap" if near else "nowrap", said)


def _falls_on(lead: Lead) -> Any:
    end = end_of(lead)
    return end.on if end else None


def _owner(lead: Lead) -> str:
    return lead.owner.name if lead.owner else ""


def _pick(lead: Lead) -> Markup:
    return step_button(url_for("desk_leads.pick", lead_id=lead.id), t("Pick"), "person-plus")


def _of(column: Any, words: Mapping[str, object]) -> Callable[[Select[Any], str], Select[Any]]:
    return lambda s, value: s.where(column == value) if value in words else s


def _whose(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(L.owner_id == int(value)) if value.isdecimal() else statement


def _people() -> list[tuple[str, Any]]:
    return [ANY, *((str(user.id), user.name) for user in holders(P.LEAD_WORK))]


def _quiet(statement: Select[Any], value: str) -> Select[Any]:
    if not value.isdecimal() or len(value) > 3:
        return statement
    return statement.where(L.quiet_since < clock.now() - timedelta(days=int(value)))


WHO = Column("name", t("Lead"), lambda r: r.name, sort=L.name)
WHERE = Column("where", t("Contact and city"), _where)
NEXT_ON = func.coalesce(L.next_touch_on, literal(FAR, Date))
STATE = Column(
    "state", t("State"), lambda r: chip(LEADS[r.state]), value=lambda r: say(LEADS[r.state].text)
)
OWNER = Column("owner", t("In whose hands"), _owner)
NEXT = Column("next", t("Next touch"), _next, sort=NEXT_ON, value=lambda r: r.next_touch_on)
FALLS = Column("falls", t("Falls back"), _falls, value=_falls_on)
QUIET = Column("quiet", t("Last touch"), lambda r: day(r.quiet_since.date()), sort=L.quiet_since,
               value=lambda r: r.quiet_since)  # fmt: skip
LIES = Column("quiet", t("In the pool since"), lambda r: instant(r.quiet_since), sort=L.quiet_since,
              value=lambda r: r.quiet_since)  # fmt: skip
PICK = Column("pick", t("Pick"), _pick, align="num", permission=P.LEAD_WORK, only_on_page=True)
MIDDLE = (
    Column("need", t("What they need"), _need, value=lambda r: r.need),
    Column("rating", t("How it looks"), lambda r: chip(RATED[r.rating]) if r.rating else "",
           value=lambda r: _named(RATINGS)(r.rating)),
    Column("amount", t("Expected amount"), _amount, align="num", value=lambda r: r.amount),
)  # fmt: skip
IN_FILES = (
    Column("number", t("Number"), lambda r: r.number, only_in_files=True),
    Column("contact", t("Contact"), lambda r: r.contact_name, only_in_files=True),
    Column("phone", t("Telephone"), lambda r: r.phone, only_in_files=True),
    Column("email", t("Mail"), lambda r: r.email, only_in_files=True),
    Column("wechat", t("WeChat"), lambda r: r.wechat, only_in_files=True),
    Column("city", t("City"), lambda r: r.city, only_in_files=True),
    Column("industry", t("Industry"), lambda r: r.industry, only_in_files=True),
    Column("market", t("Market"), lambda r: _named(MARKETS)(r.market), only_in_files=True),
    Column("source", t("How they came to us"), lambda r: _named(SOURCES)(r.source), only_in_files=True),
    Column("currency", t("Currency"), lambda r: r.currency, only_in_files=True),
)  # fmt: skip
RATING_FILTER = Filter(
    "rating", t("How it looks"), lambda: [ANY, *RATINGS.items()], _of(L.rating, RATINGS)
)
SOURCE_FILTER = Filter(
    "source", t("Source"), lambda: [ANY, *SOURCES.items()], _of(L.source, SOURCES)
)
MARKET_FILTER = Filter(
    "market", t("Market"), lambda: [ANY, *MARKETS.items()], _of(L.market, MARKETS)
)
QUIET_FILTER = Filter(
    "quiet", t("Not touched for"),
    lambda: [ANY, *((str(n), t("%(days)s days", days=n)) for n in (7, 14, 30))], _quiet,
)  # fmt: skip
STATE_FILTER = Filter(
    "state", t("State"), lambda: [ANY, *((s.value, LEADS[s].text) for s in LeadState)], _of(L.state, LEADS)
)  # fmt: skip
OWNER_FILTER = Filter("owner", t("In whose hands"), _people, _whose)


def _spec(
    columns: tuple[Column, ...], sort: str, empty: Empty, filters: tuple[Filter, ...]
) -> ListSpec:
    return ListSpec(
        key="leads",
        columns=(*columns, *IN_FILES),
        row_id=L.id,
        sort=sort,
        url=lambda r: url_for("desk_leads.show", lead_id=r.id),
        filters=filters,
        search=having_words,
        search_hint=t("Name, pinyin, initials, city, number …"),
        row_classes=lambda r: "row-muted" if r.ended_at else "",
        empty=empty,
    )


NOTHING_MINE = Empty(
    t("You have no lead in hand"),
    t("Pick some from the pool, or write down whom you have heard of."),
    t("Look into the pool"),
    "desk_leads.pool",
    P.LEAD_SEE,
)
MINE = _spec(
    (WHO, WHERE, *MIDDLE, NEXT, QUIET, FALLS), "next", NOTHING_MINE, (RATING_FILTER, QUIET_FILTER)
)
DUE = _spec(
    (WHO, WHERE, *MIDDLE, NEXT, QUIET, FALLS),
    "next",
    Empty(
        t("Nothing is due"),
        t("No next touch has come, and none of your leads is about to fall back."),
        t("All that I hold"),
        "desk_leads.index",
        P.LEAD_SEE,
    ),
    (RATING_FILTER,),
)
POOL = _spec(
    (WHO, WHERE, *MIDDLE, LIES, PICK),
    "quiet",
    Empty(
        t("The pool is empty"),
        t("Leads that are given back, or that nobody works on, lie here for whoever picks them."),
        t("New lead"),
        "desk_leads.new",
        P.LEAD_WORK,
    ),
    (RATING_FILTER, SOURCE_FILTER, MARKET_FILTER),
)
ALL = _spec(
    (WHO, WHERE, *MIDDLE, OWNER, QUIET, STATE),
    "-quiet",
    Empty(t("No leads yet"), t("Write down whom you have heard of."), t("New lead"), "desk_leads.new", P.LEAD_WORK),
    (STATE_FILTER, OWNER_FILTER, RATING_FILTER, SOURCE_FILTER, QUIET_FILTER),
)  # fmt: skip
