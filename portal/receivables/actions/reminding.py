"""The letters of a reminder: to the customer's people, or to ours who shall call, write or decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.access.permissions import Permission
from portal.accounts.models import User
from portal.billing.actions.telling import readers_of, staff_with
from portal.customers import queries as customers
from portal.customers.models import Customer
from portal.customers.rules.kinds import Part
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.kernel.money import format_amount, format_money
from portal.receivables.models import DunningNotice, DunningStep
from portal.receivables.rules.kinds import Channel

TO_CUSTOMER = (Channel.MAIL, Channel.LETTER, Channel.SYSTEM)


@dataclass(frozen=True, slots=True)
class Addressed:
    """A settlement party as the addressee of a letter about bills."""

    customer_id: int
    language: str
    customer: Customer


def tell(notice: DunningNotice, step: DunningStep | None, now: datetime) -> str:
    """Put the letters of a step into the outbox; to whom, for the log."""
    facts = _facts(notice, step)
    if Channel(notice.channel) in TO_CUSTOMER:
        party = Addressed(notice.customer_id, notice.customer.document_language, notice.customer)
        readers = readers_of(party, Permission.STATEMENT_SEE, now)
        for each in readers:
            key = f"dunning-{notice.id}-{each.mark}"
            told = {**facts, "name": each.name}
            post_mail(each.email, "dunning", told, locale=each.locale, key=key, now=now)
        return ", ".join(each.email for each in readers)
    people = _ours(notice.customer_id)
    for user in people:
        key = f"dunning-staff-{notice.id}-{user.id}"
        told = {**facts, "name": user.name}
        post_mail(user.email, "dunning_staff", told, locale=user.locale, key=key, now=now)
    return ", ".join(user.email for user in people)


def _ours(customer_id: int) -> list[User]:
    """Who looks after the customer, and who sends reminders."""
    owners = [each.user_id for each in customers.team(customer_id) if each.part == Part.OWNER]
    found = [user for user in map(_user, owners) if user is not None]
    found += staff_with(Permission.DUNNING_SEND, customer_id)
    return _once(found)


def _user(user_id: int) -> User | None:
    user = db.session.get(User, user_id)
    return user if user is not None and user.active else None


def _once(people: Iterable[User]) -> list[User]:
    return list({user.id: user for user in people}.values())


def _facts(notice: DunningNotice, step: DunningStep | None) -> dict[str, Any]:
    customer = notice.customer
    return {
        "id": notice.id,
        "number": notice.number,
        "channel": notice.channel,
        "customer_id": customer.id,
        "customer_zh": customer.name_zh,
        "customer_en": customer.name_en or customer.name_zh,
        "step_zh": step.name_zh if step else "",
        "step_en": (step.name_en or step.name_zh) if step else "",
        "text_zh": step.text_zh if step else "",
        "text_en": (step.text_en or step.text_zh) if step else "",
        "total": format_money(notice.amount, notice.currency),
        "rows": [
            [each["reference"], each["due_on"], str(each["days"]), _amount(each["amount"], notice)]
            for each in notice.receivables
        ],
        "is_late": any(each["days"] > 0 for each in notice.receivables),
    }


def _amount(amount: str, notice: DunningNotice) -> str:
    return format_amount(Decimal(amount), notice.currency)
