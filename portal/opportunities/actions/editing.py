"""An open opportunity is described anew: what, for whom, how much, when; its service items (REQUIREMENTS O1, O8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.access.viewer import Viewer
from portal.customers.rules.kinds import Source
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t
from portal.opportunities.actions import checking, items, parties
from portal.opportunities.actions.holding import touch, unlocked
from portal.opportunities.models import Opportunity
from portal.opportunities.rules import values, wording
from portal.opportunities.rules.kinds import (
    AmountFrom,
    ForecastCategory,
    OpportunityKind,
    Rating,
)
from portal.opportunities.rules.values import NewLine

LONGEST_STEP = 240


@dataclass(frozen=True, slots=True)
class Description:
    """Everything that the form of an opportunity says. `category` "": the forecast category of its stage."""

    title: str
    kind: str = OpportunityKind.NEW.value
    contact_id: int | None = None
    site_id: int | None = None
    category_id: int | None = None
    rating: str = ""
    source: str = ""
    amount: Decimal | None = None
    currency: str = "CNY"
    likelihood: int = 0
    category: str = ""
    close_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    next_step: str = ""
    next_on: date | None = None
    text: str = ""


def described(row: Opportunity) -> Description:
    """What it says now: the start of a change."""
    kept = {name: getattr(row, name) for name in Description.__dataclass_fields__}
    return Description(**(kept | {"category": row.category if row.category_given else ""}))


def change(
    opportunity: Opportunity, new: Description, version: int | None, actor: Viewer, now: datetime
) -> Opportunity:
    """Describe it anew. InvalidMany by the names of `Description`; nothing happens where nothing is new."""
    row = unlocked(opportunity, actor, version)
    _check(row, new)
    before = _facts(row)
    if (new.amount, new.currency) != (row.amount, row.currency):
        row.amount_from = AmountFrom.HAND.value
    for name in _PLAIN:
        setattr(row, name, getattr(new, name))
    row.title, row.text = wording.one_line(new.title), wording.lines_of(new.text)
    row.next_step = wording.one_line(new.next_step)
    row.category_given, row.category = bool(new.category), new.category or row.stage.category
    if not db.session.is_modified(row):
        return row
    with db.session.no_autoflush:  # one change, one step of the counter
        parties.index(row)
    touch(row, now)
    audit.record(actor, "opportunity.changed", row, now, **_differing(before, _facts(row)))
    return row


def set_amount(
    opportunity: Opportunity, amount: Decimal | None, currency: str, version: int | None, actor: Viewer,
    now: datetime,
) -> Opportunity:  # fmt: skip
    """Say by hand how much it is worth, before tax. InvalidMany at "amount", "currency"."""
    row = unlocked(opportunity, actor, version)
    _raise(_wrong_worth(row, amount, currency))
    before = _worth(row)
    row.amount, row.currency, row.amount_from = amount, currency, AmountFrom.HAND.value
    if db.session.is_modified(row):
        touch(row, now)
        audit.record(actor, "opportunity.changed", row, now, before=before, after=_worth(row))
    return row


def set_lines(
    opportunity: Opportunity, lines: Sequence[NewLine], version: int | None, actor: Viewer, now: datetime, *,
    currency: str | None = None, takes_total: bool = True,
) -> Opportunity:  # fmt: skip
    """Let these be its service items, priced in `currency` (None: the opportunity's).

    `takes_total`: the amount becomes their sum, where one of them has a price. Invalid at "lines", "currency".
    """
    row = unlocked(opportunity, actor, version)
    code = currency or row.currency
    problems = {
        "lines": checking.items_problem(lines),
        "currency": values.currency_problem(code),
    }
    if code != row.currency and not takes_total and row.amount is not None:
        problems["currency"] = t("The amount is in %(code)s.", code=row.currency)
    _raise(problems)
    before = {"lines": items.said(row)} | _worth(row)
    row.currency = code
    items.put(row, lines)
    total = values.lines_total(lines, code)
    if takes_total and total is not None:
        row.amount, row.amount_from = total, AmountFrom.ITEMS.value
    touch(row, now)
    after = {"lines": items.said(row)} | _worth(row)
    audit.record(actor, "opportunity.lines", row, now, before=before, after=after)
    return row


_PLAIN = (
    "kind", "contact_id", "site_id", "category_id", "rating", "source", "amount", "currency", "likelihood",
    "close_on", "starts_on", "ends_on", "next_on",
)  # fmt: skip


def _check(row: Opportunity, new: Description) -> None:
    customer, title = row.customer, wording.one_line(new.title)
    problems: dict[str, Text | None] = {
        "title": wording.needed(title, t("Say in a few words what may be sold."), wording.LONGEST_TITLE),
        "text": wording.too_long(wording.lines_of(new.text), wording.LONGEST_TEXT),
        "next_step": wording.too_long(wording.one_line(new.next_step), LONGEST_STEP),
        "kind": values.choice_problem(new.kind, OpportunityKind),
        "rating": values.choice_problem(new.rating, Rating, optional=True),
        "source": values.choice_problem(new.source, Source, optional=True),
        "category": values.choice_problem(new.category, ForecastCategory, optional=True),
        "likelihood": values.likelihood_problem(new.likelihood),
        "contact_id": checking.contact_problem(new.contact_id, customer, row.contact_id),
        "site_id": checking.site_problem(new.site_id, customer, row.site_id),
        "category_id": checking.category_problem(new.category_id, row.category_id),
        **_wrong_worth(row, new.amount, new.currency),
    }  # fmt: skip
    if new.starts_on and new.ends_on and new.ends_on < new.starts_on:
        problems["ends_on"] = t("It ends after it begins.")
    _raise(problems)


def _wrong_worth(row: Opportunity, amount: Decimal | None, currency: str) -> dict[str, Text | None]:
    wrong = {
        "currency": values.currency_problem(currency),
        "amount": values.amount_problem(amount, currency),
    }
    if currency != row.currency and any(line.rate is not None for line in row.lines):
        wrong["currency"] = t(
            "The service items are priced in %(code)s. Price them anew first.", code=row.currency
        )
    return wrong


def _raise(problems: dict[str, Text | None]) -> None:
    wrong = {name: problem for name, problem in problems.items() if problem is not None}
    if wrong:
        raise InvalidMany(wrong)


def _worth(row: Opportunity) -> dict[str, Any]:
    return {"amount": None if row.amount is None else f"{row.currency} {row.amount}"}


def _facts(row: Opportunity) -> dict[str, Any]:
    names = (
        "title", "kind", "contact_id", "site_id", "category_id", "rating", "source", "likelihood", "category",
        "close_on", "starts_on", "ends_on", "next_step", "next_on", "text",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names} | _worth(row)


def _differing(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Only what became different: history tells the change, not the whole form."""
    names = [name for name in after if before[name] != after[name]]
    return {
        "before": {name: before[name] for name in names},
        "after": {name: after[name] for name in names},
    }
