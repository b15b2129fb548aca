"""What must come to its end before a person can be erased."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from portal.access.permissions import Role
from portal.accounts.models import User
from portal.accounts.queries import other_administrators
from portal.billing.models import Receivable
from portal.contracts.models import Contract
from portal.contracts.rules.states import ContractState
from portal.db.base import db
from portal.kernel.text import Text, t
from portal.privacy.queries.persons import Person
from portal.privacy.rules.kinds import PersonKind
from portal.receivables.models import Receipt
from portal.service_requests.models import ServiceRequest

RUNNING = (ContractState.ACTIVE.value, ContractState.SUSPENDED.value)


def obstacles(person: Person, actor_id: int | None) -> list[Text]:
    """Why this person cannot be erased now; [] when nothing is in the way.

    A contract that runs and money that is owed are grounds of their own (PIPL 13(2); GDPR 6(1)(b), 17(3)(e)).
    """
    return [*_of_users(person, actor_id), *_of_customers(person)]


def _of_users(person: Person, actor_id: int | None) -> Iterable[Text]:
    if actor_id in person.user_ids:
        yield t("Nobody erases themselves: ask another administrator.")
    for user in db.session.scalars(select(User).where(User.id.in_(person.user_ids))):
        if Role.ADMINISTRATOR in user.role_set and not other_administrators(user):
            yield t("This is the last administrator.")


def _of_customers(person: Person) -> Iterable[Text]:
    ids = person.ids.get(PersonKind.CUSTOMER, frozenset())
    if not ids:
        return
    running = Contract.customer_id.in_(ids), Contract.state.in_(RUNNING)
    owing = Receivable.customer_id.in_(ids), Receivable.open_amount != 0
    credit = Receipt.customer_id.in_(ids), Receipt.open_amount != 0
    asked = ServiceRequest.customer_id.in_(ids), ServiceRequest.is_open.is_(True)
    looked_at = (
        (Contract, running, t("A contract is still running.")),
        (Receivable, owing, t("Money is still owed.")),
        (Receipt, credit, t("A payment is not allocated yet.")),
        (ServiceRequest, asked, t("A service request is still open.")),
    )
    for model, where, text in looked_at:
        if db.session.scalar(select(func.count()).select_from(model).where(*where)):
            yield text
