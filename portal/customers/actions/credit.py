"""New orders of customers whose credit is held, or who are blacklisted, are refused with the reason (DOMAIN E8, K8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import datetime

from portal.access.viewer import Viewer
from portal.customers import queries
from portal.customers.models import CreditStanding, Customer
from portal.customers.rules import credit
from portal.customers.rules.credit import StandingFacts
from portal.customers.rules.kinds import Billing, Part
from portal.db import whole
from portal.kernel.clock import business_day
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import Text, t

NAMES = tuple(each.name for each in fields(StandingFacts))


def check_may_order(customer: Customer, actor: Viewer, now: datetime) -> None:
    """Raise NotAllowedNow while the customer, or the group that pays for it, is held or blacklisted."""
    told = refusal_of(customer, actor, now)
    if told is not None:
        raise NotAllowedNow(told)


def refusal_of(customer: Customer, actor: Viewer, now: datetime) -> Text | None:
    """Why no order is taken from a customer now, until when, and whom to ask; None when orders are welcome."""
    return _refused(credit.refusal, customer, actor, now)


def check_not_blacklisted(customer: Customer, actor: Viewer, now: datetime) -> None:
    """Raise NotAllowedNow while the customer, or the group that pays for it, is blacklisted."""
    told = _refused(credit.blacklist_refusal, customer, actor, now)
    if told is not None:
        raise NotAllowedNow(told)


def _refused(
    rule: Callable[..., Text | None], customer: Customer, actor: Viewer, now: datetime
) -> Text | None:
    """What a rule says to the first standing that it refuses; who is to be asked is looked up only then."""
    on = business_day(now)
    for standing in _standings(customer):
        if rule(standing, on, "") is not None:
            return rule(standing, on, _contact(customer.id), tells_all=_tells_all(actor))
    return None


def _standings(customer: Customer) -> Iterator[StandingFacts]:
    """What is known of who pays: a branch's user may not see its group's standing, but it counts."""
    ids = [customer.id]
    if customer.billing == Billing.GROUP and customer.parent_id is not None:
        ids.append(customer.parent_id)
    rows = whole.columns_of(CreditStanding, ids, NAMES, by="customer_id")
    for each in rows.values():
        yield StandingFacts(*each)


def _tells_all(actor: Viewer) -> bool:
    return actor.kind in ("staff", "system")


def _contact(customer_id: int) -> Text | str:
    """Who looks after the customer, with a number or an address."""
    owner = next((each for each in queries.team(customer_id) if each.part == Part.OWNER), None)
    if owner is None:
        return t("our accounts department")
    return ", ".join(filter(None, (owner.name, owner.phone or owner.email)))
