"""A quotation changes hands: who may give it, who may get it, and what is written down."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import inspect

from portal.access.models import Assignment
from portal.access.permissions import Role
from portal.accounts.models import User
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.quotations.models import Quotation
from tests.cast import Cast, staff
from tests.client import CheckingClient
from tests.offers import draft, keep


@pytest.fixture
def colleague(cast: Cast) -> User:
    """Another of sales, who looks after the same customer."""
    user = staff("Zhou Lan", Role.SALES)
    db.session.add(Assignment(user_id=user.id, customer_id=cast.harbour.id, part="team"))
    return user


@pytest.fixture
def address(cast: Cast, now: datetime, colleague: User) -> str:
    """The page of a draft that Chen Li owns."""
    found = f"/desk/quotations/{draft(cast, now).id}"
    keep(cast)
    return found


def owner() -> str:
    db.session.rollback()
    return db.session.scalars(db.select(Quotation)).one().owner.name


def handed(client: CheckingClient, person: User, address: str, to: User) -> int:
    to_id = inspect(to).identity[0]
    return client.sign_in(person).post(f"{address}/owner", data={"owner_id": to_id}).status_code


def test_the_owner_hands_a_quotation_over_and_the_new_one_is_told(
    client: CheckingClient, cast: Cast, address: str, colleague: User
) -> None:
    assert f"{address}/owner" in client.sign_in(cast.sales).get(address).text
    assert handed(client, cast.sales, address, colleague) == 303 and owner() == "Zhou Lan"
    mail = db.session.scalars(
        db.select(OutboxMessage).where(OutboxMessage.template == "quotation_owner")
    ).one()
    assert mail.recipient == "zhou.lan@farhaven.example"
    history = client.get(f"{address}/history").text
    assert "Owner changed" in history and "Owner: Chen Li → Zhou Lan" in history


def test_the_sales_manager_hands_anybodys_over(
    client: CheckingClient, cast: Cast, address: str, colleague: User
) -> None:
    assert handed(client, cast.sales_manager, address, colleague) == 303 and owner() == "Zhou Lan"


def test_nobody_else_hands_it_over_or_is_offered_to(
    client: CheckingClient, cast: Cast, address: str, colleague: User
) -> None:
    assert f"{address}/owner" not in client.sign_in(colleague).get(address).text
    assert handed(client, colleague, address, colleague) == 403 and owner() == "Chen Li"


def test_only_who_writes_quotations_for_this_customer_gets_it(
    client: CheckingClient, cast: Cast, address: str
) -> None:
    stranger = staff("Far Away", Role.SALES)
    keep(cast)
    for person in (stranger, cast.finance, cast.lin):
        assert handed(client, cast.sales, address, person) == 422
    assert owner() == "Chen Li"
