"""Watch notes and news of the market: what they say, until when, and how they are found: pure, checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

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
from portal.kernel.errors import InvalidMany
from portal.kernel.money import CURRENCIES
from portal.kernel.pinyin import normalise, search_words
from portal.kernel.text import Text, t

LONGEST_NOTE, LONGEST_SOURCE, LONGEST_TITLE, LONGEST_NEWS = 1000, 160, 160, 4000
LONGEST_INDUSTRY, LONGEST_PLACE, LONGEST_UNIT, LONGEST_SEARCH = 60, 80, 24, 1000


@dataclass(frozen=True, slots=True)
class WatchFacts:
    """One watch note; `expires_on` the last day on which it counts, None: until it is taken off."""

    subject: str
    text: str
    contact_id: int | None = None
    importance: str = Importance.MIDDLE
    source: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class MarketFacts:
    """Something heard of the market. `price` a rate in `currency` per `unit`."""

    kind: str
    title: str
    observed_on: date
    text: str = ""
    competitor_id: int | None = None
    industry: str = ""
    origin: str = ""
    destination: str = ""
    item_id: int | None = None
    price: Decimal | None = None
    currency: str = "CNY"
    unit: str = ""
    source: str = ""
    reliability: str = Reliability.LIKELY
    expires_on: date | None = None


def cleaned_note(facts: WatchFacts, today: date) -> WatchFacts:
    """The note as it is stored; who is no person has no contact. Raises InvalidMany by field."""
    tidy = replace(facts, text=facts.text.strip(), source=normalise(facts.source))
    if tidy.subject != WatchSubject.PERSON:
        tidy = replace(tidy, contact_id=None)
    wrong = _too_long(tidy, (("text", LONGEST_NOTE), ("source", LONGEST_SOURCE)))
    if tidy.subject not in WATCH_SUBJECTS:
        wrong["subject"] = t("Choose one of the list.")
    if tidy.importance not in IMPORTANCES:
        wrong["importance"] = t("Choose one of the list.")
    if tidy.subject == WatchSubject.PERSON and tidy.contact_id is None:
        wrong["contact_id"] = t("Say which person.")
    if not tidy.text:
        wrong["text"] = t("Say what is to be known.")
    if tidy.expires_on is not None and tidy.expires_on < today:
        wrong["expires_on"] = t("This day is past.")
    if wrong:
        raise InvalidMany(wrong)
    return tidy


def cleaned_market(facts: MarketFacts, today: date) -> MarketFacts:
    """The entry as it is stored. Raises InvalidMany by field."""
    tidy = replace(
        facts,
        title=normalise(facts.title),
        text=facts.text.strip(),
        industry=normalise(facts.industry),
        origin=normalise(facts.origin),
        destination=normalise(facts.destination),
        unit=normalise(facts.unit),
        source=normalise(facts.source),
    )
    wrong = _too_long(
        tidy,
        (
            ("title", LONGEST_TITLE), ("text", LONGEST_NEWS), ("industry", LONGEST_INDUSTRY),
            ("origin", LONGEST_PLACE), ("destination", LONGEST_PLACE), ("unit", LONGEST_UNIT),
            ("source", LONGEST_SOURCE),
        ),
    ) | _unknown(tidy)  # fmt: skip
    if not tidy.title:
        wrong["title"] = t("Say it in one line.")
    if not tidy.source:
        wrong["source"] = t("Say where this comes from.")
    if tidy.kind == MarketKind.PRICE and tidy.price is None:
        wrong["price"] = t("Say the price that was heard.")
    if tidy.price is not None and tidy.price < 0:
        wrong["price"] = t("Not below nothing.")
    if tidy.observed_on > today:
        wrong["observed_on"] = t("This lies in the future.")
    if tidy.expires_on is not None and tidy.expires_on < tidy.observed_on:
        wrong["expires_on"] = t("It ends before it was heard.")
    if wrong:
        raise InvalidMany(wrong)
    return tidy


def market_words(facts: MarketFacts, others: Iterable[str] = ()) -> str:
    """What a search looks in; `others`: the competitor's and the service's names."""
    words = search_words(
        facts.title, facts.industry, facts.origin, facts.destination, facts.source, *others
    )
    return words[:LONGEST_SEARCH]


def _unknown(facts: MarketFacts) -> dict[str, Text]:
    known = (("kind", MARKET_KINDS), ("reliability", RELIABILITIES), ("currency", CURRENCIES))
    return {
        name: t("Choose one of the list.")
        for name, words in known
        if getattr(facts, name) not in words
    }


def _too_long(facts: object, fields: Iterable[tuple[str, int]]) -> dict[str, Text]:
    return {
        name: t("At most %(most)s characters.", most=most)
        for name, most in fields
        if len(getattr(facts, name)) > most
    }
