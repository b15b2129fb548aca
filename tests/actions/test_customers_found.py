"""Customers by what somebody typed: names, codes, and telephone numbers however they are written."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import delete

from portal.access.models import Assignment
from portal.customers import actions
from portal.customers.queries.finding import matching
from portal.customers.rules.people import ContactFacts, SiteFacts
from portal.db.base import db
from tests.cast import Cast, viewer

pytestmark = pytest.mark.both_databases


def found(cast: Cast, words: str) -> list[int]:
    return [each.id for each in matching(words, viewer(cast.administrator))]


@pytest.fixture
def reached(cast: Cast, now: datetime) -> Cast:
    """The harbour firm has a contact and a site with telephones; its neighbour has another number."""
    actor = viewer(cast.sales)
    actions.add_contact(cast.harbour, ContactFacts("周敏", phone="138 0013 8000"), actor, now)
    site = SiteFacts("北仑仓", "宁波市北仑区", phone="0755-2658 1234")
    actions.add_site(cast.harbour, site, actor, now)
    other = ContactFacts("王芳", phone="13900139000")
    actions.add_contact(cast.nordwind, other, viewer(cast.administrator), now)
    db.session.flush()
    return cast


@pytest.mark.parametrize(
    "typed", ["13800138000", "138 0013 8000", "+86 138-0013-8000", "0755 26581234"]
)
def test_a_number_finds_whoever_has_it_however_it_is_written(reached: Cast, typed: str) -> None:
    assert found(reached, typed) == [reached.harbour.id]


@pytest.mark.parametrize("typed", ["13800138001", "+852 138 0013 8000", "13800138000 nobody"])
def test_another_number_and_a_number_among_words_find_nobody(reached: Cast, typed: str) -> None:
    assert found(reached, typed) == []


def test_who_sees_only_their_own_customers_finds_no_others_by_number(reached: Cast) -> None:
    theirs = (Assignment.customer_id == reached.nordwind.id, Assignment.user_id == reached.sales.id)
    db.session.execute(delete(Assignment).where(*theirs))
    assert found(reached, "13900139000") == [reached.nordwind.id]
    assert matching("13900139000", viewer(reached.sales)) == []
