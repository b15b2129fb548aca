"""What an amendment changes, old beside new, as a person would tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from portal.catalogue.rules import storagewords
from portal.catalogue.rules.storage import StoragePolicy
from portal.catalogue.rules.terms import PriceTerms
from portal.catalogue.rules.termwords import short
from portal.contracts.rules.approval import unit_price
from portal.contracts.rules.checks import TermsFacts
from portal.contracts.rules.kinds import OVERAGE_WORDS, Overage
from portal.contracts.rules.ledger import plain
from portal.kernel.text import Text, t
from portal.quotations.rules.difference import Change

Words = Text | str

PAYMENT_STARTS: Mapping[str, Text] = {
    "statement": t("after the statement"),
    "invoice": t("after the invoice"),
    "sailing": t("after sailing"),
}
DAY_WORDS: Mapping[int, Text] = {
    1: t("Monday"),
    2: t("Tuesday"),
    3: t("Wednesday"),
    4: t("Thursday"),
    5: t("Friday"),
    6: t("Saturday"),
    7: t("Sunday"),
}
YES, NO = t("Yes"), t("No")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is otherwise than before; `line` names the contract line it belongs to ("": the terms)."""

    label: Text
    old: Words | None
    new: Words | None
    change: Change
    line: str = ""


@dataclass(frozen=True, slots=True)
class LineShown:
    """What a line says to the two parties."""

    name: str
    quantity: Decimal | None
    unit: Words
    discount_percent: Decimal
    price_terms: PriceTerms
    overage: Overage
    overage_terms: PriceTerms | None
    storage_policy: Mapping[str, Any] | None
    carries_over: bool
    charges_shortfall: bool
    until_on: date


def terms_difference(old: TermsFacts, new: TermsFacts) -> tuple[Row, ...]:
    """Every promise and term that differs."""
    before, after = dict(_terms_words(old)), dict(_terms_words(new))
    changed = (
        Row(label, before[label], after[label], _way(old, new, label))
        for label in after
        if before[label] != after[label]
    )
    return (*changed, *_clauses_difference(old, new))


def line_difference(old: LineShown | None, new: LineShown | None) -> tuple[Row, ...]:
    """What a new, changed or ended line makes different."""
    if old is None and new is not None:
        return tuple(Row(label, None, words, Change.NEW, new.name) for label, words in _line(new))
    if new is None and old is not None:
        return (Row(t("Line"), _quantity(old), None, Change.GONE, old.name),)
    if old is None or new is None:
        return ()
    before = dict(_line(old))
    return tuple(
        Row(label, before[label], words, _line_way(label, old, new), new.name)
        for label, words in _line(new)
        if before[label] != words
    )


ENDS, PAYS, STARTS = t("Last day"), t("Payment"), t("Quantity")
PRICE, STORAGE = t("Price"), t("Storage policy")


def _terms_words(terms: TermsFacts) -> Iterator[tuple[Text, Words]]:
    yield ENDS, terms.ends_on.isoformat()
    yield PAYS, payment_words(terms.payment_days, terms.payment_from)
    yield t("Notice"), t("%(days)s days", days=terms.notice_days)
    yield t("Renews by itself"), YES if terms.renews_automatically else NO
    yield t("Pick-up window"), pickup_words(terms.pickup_from, terms.pickup_until)
    yield t("Pick-up days"), days_words(terms.pickup_days)
    yield t("Response time"), hours_words(terms.response_hours)
    yield t("Deemed confirmed"), deemed_words(terms.deemed_confirmation_days)
    yield t("Minimum order"), minimum_words(terms.no_minimum_order, terms.minimum_order)
    yield t("Remark"), terms.note or "—"


def payment_words(days: int, start: str) -> Text:
    """`30 days after the statement`."""
    return t("%(days)s days %(start)s", days=days, start=PAYMENT_STARTS[start])


def pickup_words(since: str, until: str) -> Words:
    """`08:30–17:00`."""
    return f"{since}–{until}" if since else "—"


def days_words(days: tuple[int, ...]) -> Words:
    """The days of the week, or that none were named."""
    known = [DAY_WORDS[day] for day in sorted(days) if day in DAY_WORDS]
    return _joined(known) if known else "—"


def hours_words(hours: Decimal | None) -> Words:
    """`within 4 hours`."""
    return "—" if hours is None else t("within %(hours)s hours", hours=plain(hours))


def deemed_words(days: int | None) -> Text:
    """After how many days silence confirms a statement (DOMAIN R4)."""
    if days is None:
        return t("never by silence")
    return t("after %(days)s days without an answer", days=days)


def minimum_words(none: bool, words: str) -> Words:
    """The promise that no order is too small, or what the smallest is."""
    return t("none") if none else words


def _clauses_difference(old: TermsFacts, new: TermsFacts) -> Iterator[Row]:
    """Each clause by its title: its text before and after."""
    before = {_title(each): _text(each) for each in old.clauses}
    after = {_title(each): _text(each) for each in new.clauses}
    for title, text in after.items():
        was = before.get(title)
        if was != text:
            change = Change.NEW if was is None else Change.CHANGED
            yield Row(t("Clause “%(title)s”", title=title), was, text, change)
    for title, text in before.items():
        if title not in after:
            yield Row(t("Clause “%(title)s”", title=title), text, None, Change.GONE)


def _title(clause: Mapping[str, str]) -> str:
    return clause.get("title_zh") or clause.get("title_en") or ""


def _text(clause: Mapping[str, str]) -> str:
    parts = (clause.get("title_en"), clause.get("body_zh"), clause.get("body_en"))
    return " / ".join(part for part in parts if part)


def _line(line: LineShown) -> Iterator[tuple[Text, Words]]:
    yield STARTS, _quantity(line)
    yield PRICE, short(line.price_terms)
    yield t("Discount"), f"{plain(line.discount_percent)} %"
    yield t("Beyond the quantity"), _overage(line)
    yield STORAGE, storage_words(line.storage_policy)
    yield t("Carried over"), YES if line.carries_over else NO
    yield t("Shortfall charged"), YES if line.charges_shortfall else NO
    yield ENDS, line.until_on.isoformat()


def _quantity(line: LineShown) -> Words:
    if line.quantity is None:
        return t("no limit")
    return t("%(quantity)s %(unit)s", quantity=plain(line.quantity), unit=line.unit)


def _overage(line: LineShown) -> Words:
    if line.overage is Overage.OVERAGE_PRICE and line.overage_terms is not None:
        return short(line.overage_terms)
    return OVERAGE_WORDS[line.overage]


def storage_words(policy: Mapping[str, Any] | None) -> Words:
    """The policy's sentences; "—" for a line that stores nothing."""
    if not policy:
        return "—"
    return _joined(storagewords.words(StoragePolicy.from_json(policy)))


def _joined(parts: Sequence[Words]) -> Words:
    """Several words as one, parted by commas."""
    said = parts[0]
    for each in parts[1:]:
        said = t("%(some)s, %(more)s", some=said, more=each)
    return said


def _way(old: TermsFacts, new: TermsFacts, label: Text) -> Change:
    if label == ENDS:
        return Change.UP if new.ends_on > old.ends_on else Change.DOWN
    return Change.CHANGED


def _line_way(label: Text, old: LineShown, new: LineShown) -> Change:
    if label == STARTS and old.quantity is not None and new.quantity is not None:
        return _moved(old.quantity, new.quantity)
    if label == ENDS:
        return Change.UP if new.until_on > old.until_on else Change.DOWN
    before, after = unit_price(old.price_terms), unit_price(new.price_terms)
    same_money = old.price_terms.currency == new.price_terms.currency
    if label == PRICE and before is not None and after is not None and same_money:
        return _moved(before, after)
    return Change.CHANGED


def _moved(before: Decimal, after: Decimal) -> Change:
    if before == after:
        return Change.CHANGED
    return Change.UP if after > before else Change.DOWN
