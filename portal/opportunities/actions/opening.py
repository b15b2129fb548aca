"""An opportunity comes to be: from a customer, a lead, a request, a campaign, a file (REQUIREMENTS O1, O5-O8, O16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.customers.rules.kinds import Source
from portal.db import audit
from portal.db.base import db
from portal.db.series import next_number
from portal.kernel.clock import business_day
from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t
from portal.opportunities.actions import checking, items, staging, telling
from portal.opportunities.models import Opportunity, SalesMethod, SalesStage
from portal.opportunities.queries import words
from portal.opportunities.queries.people import default_owner, name_of
from portal.opportunities.rules import values, wording
from portal.opportunities.rules.kinds import AmountFrom, OpportunityKind, Rating
from portal.opportunities.rules.values import NewLine

SERIES = "OP"

__all__ = ["NewLine", "NewOpportunity", "found_by", "open_"]


@dataclass(frozen=True, slots=True)
class NewOpportunity:
    """What somebody might buy. `method_id` None: the usual one; `likelihood` None: its first stage's.

    `owner_id` None: whoever records it, else the customer's owner, else a leader of sales. `amount` (before tax, in
    `currency`) None: the sum of the lines that have a price. `source_type` and `source_id` name the record that it came
    from, `source_label` as a person reads it.
    """

    customer_id: int
    title: str
    kind: str = OpportunityKind.NEW.value
    method_id: int | None = None
    contact_id: int | None = None
    site_id: int | None = None
    amount: Decimal | None = None
    currency: str = "CNY"
    close_on: date | None = None
    likelihood: int | None = None
    owner_id: int | None = None
    category_id: int | None = None
    rating: str = ""
    source: str = ""
    source_type: str = ""
    source_id: int | None = None
    source_label: str = ""
    text: str = ""
    lines: Sequence[NewLine] = ()


def open_(new: NewOpportunity, actor: Viewer, now: datetime) -> Opportunity:
    """Record an opportunity in the first stage of its method; the stage's tasks are made, a new owner is told.

    Raises NotFound for a customer out of the actor's reach, Forbidden without the right, InvalidMany by the names of
    `NewOpportunity`. Where a customer's own act leads to one, let SYSTEM do it inside `past_the_walls()`.
    """
    customer = load(Customer, new.customer_id, actor, Permission.OPPORTUNITY_EDIT)
    method, stage = _begins(new.method_id)
    owner_id = new.owner_id or default_owner(customer.id, actor)
    wrong = _wrong(new, customer, owner_id)
    if method is None or stage is None:
        wrong["method_id"] = t("Choose one of the list.")
    if wrong or stage is None or owner_id is None:
        raise InvalidMany(wrong)
    row = _row(new, customer, owner_id, now)
    staging.enter(row, stage, now, new.likelihood)
    db.session.add(row)
    db.session.flush()
    items.put(row, new.lines)
    row.search_text = found_by(row)
    audit.record(actor, "opportunity.created", row, now, after=_facts(row))
    staging.begin_tasks(row, actor, now)
    telling.tell(row, "given", row.owner_id, actor, now)
    return row


def found_by(row: Opportunity, *more: str) -> str:
    """The words that lists find it by; `more`: third parties."""
    customer = row.customer
    names = customer.name_zh, customer.name_en, customer.short_name, customer.code
    return wording.found_by(row.number, row.title, (*names, row.source_label, *more))


def _begins(method_id: int | None) -> tuple[SalesMethod | None, SalesStage | None]:
    method = words.default_method() if method_id is None else db.session.get(SalesMethod, method_id)
    if method is None or not method.active:
        return None, None
    stages = words.stages(method.id)
    return method, (stages[0] if stages else None)


def _row(new: NewOpportunity, customer: Customer, owner_id: int, now: datetime) -> Opportunity:
    total = values.lines_total(new.lines, new.currency)
    from_items = new.amount is None and total is not None
    return Opportunity(
        number=next_number(SERIES, business_day(now).year), customer_id=customer.id, customer=customer,
        title=wording.one_line(new.title), kind=new.kind, owner_id=owner_id, contact_id=new.contact_id,
        site_id=new.site_id, category_id=new.category_id, rating=new.rating, source=new.source,
        source_type=new.source_type[:24], source_id=new.source_id,
        source_label=wording.one_line(new.source_label)[:120],
        amount=total if from_items else new.amount, currency=new.currency, close_on=new.close_on,
        amount_from=(AmountFrom.ITEMS if from_items else AmountFrom.HAND).value,
        text=wording.lines_of(new.text), created_at=now, updated_at=now,
    )  # fmt: skip


def _wrong(new: NewOpportunity, customer: Customer, owner_id: int | None) -> dict[str, Text]:
    title = wording.one_line(new.title)
    checks: dict[str, Text | None] = {
        "customer_id": None if customer.active else t("This customer is not active."),
        "title": wording.needed(title, t("Say in a few words what may be sold."), wording.LONGEST_TITLE),
        "text": wording.too_long(wording.lines_of(new.text), wording.LONGEST_TEXT),
        "kind": values.choice_problem(new.kind, OpportunityKind),
        "rating": values.choice_problem(new.rating, Rating, optional=True),
        "source": values.choice_problem(new.source, Source, optional=True),
        "currency": values.currency_problem(new.currency),
        "amount": values.amount_problem(new.amount, new.currency),
        "likelihood": values.likelihood_problem(new.likelihood),
        "lines": checking.items_problem(new.lines),
        "contact_id": checking.contact_problem(new.contact_id, customer),
        "site_id": checking.site_problem(new.site_id, customer),
        "category_id": checking.category_problem(new.category_id),
        "owner_id": checking.owner_problem(owner_id),
    }  # fmt: skip
    return {name: problem for name, problem in checks.items() if problem is not None}


def _facts(row: Opportunity) -> dict[str, object]:
    amount = None if row.amount is None else f"{row.currency} {row.amount}"
    return {
        "number": row.number, "title": row.title, "stage": row.stage.name_zh, "amount": amount,
        "likelihood": row.likelihood, "close_on": row.close_on, "owner": name_of(row.owner_id),
        "source": row.source_label or row.source,
    }  # fmt: skip
