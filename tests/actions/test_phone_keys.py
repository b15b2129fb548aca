"""Whoever has a telephone number is found by it: the keys follow each change in the same transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.customers import actions, queries
from portal.customers.models import Site
from portal.customers.rules.people import ContactFacts, SiteFacts
from portal.db.base import db
from portal.db.phones import PhoneKey
from tests.cast import Cast, viewer
from tests.factories import add


def keys(holder: str, row_id: int) -> set[str]:
    found = select(PhoneKey.key).where(PhoneKey.holder == holder, PhoneKey.holder_id == row_id)
    return set(db.session.scalars(found))


def test_a_contacts_numbers_are_kept_and_follow_a_change(cast: Cast, now: datetime) -> None:
    actor = viewer(cast.sales)
    facts = ContactFacts("周敏", phone="138 0013 8000 / 0755-26581234")
    contact = actions.add_contact(cast.harbour, facts, actor, now)
    assert keys("contact", contact.id) == {"13800138000", "75526581234"}
    db.session.flush()
    moved = ContactFacts("周敏", phone="+86 139 0013 9000")
    actions.change_contact(contact, moved, contact.version, actor, now)
    db.session.flush()
    assert keys("contact", contact.id) == {"13900139000"}


def test_another_change_leaves_the_keys_alone(cast: Cast, now: datetime) -> None:
    actor = viewer(cast.sales)
    contact = actions.add_contact(
        cast.harbour, ContactFacts("周敏", phone="13800138000"), actor, now
    )
    db.session.flush()
    before = set(db.session.scalars(select(PhoneKey.id)))
    renamed = ContactFacts("周小敏", phone="13800138000")
    actions.change_contact(contact, renamed, contact.version, actor, now)
    db.session.flush()
    assert contact.name == "周小敏" and set(db.session.scalars(select(PhoneKey.id))) == before


def test_a_site_a_customer_and_a_user_are_found_by_theirs(cast: Cast, now: datetime) -> None:
    site = actions.add_site(
        cast.harbour, SiteFacts("仓库", "某路 1 号", phone="021-58881234"), viewer(cast.sales), now
    )
    cast.harbour.phone = "400-888-1234"
    accounts.change_own_details(cast.lin, now, name="Lin", phone="13700137000", locale="en")
    db.session.flush()
    assert keys("site", site.id) == {"2158881234"}
    assert keys("customer", cast.harbour.id) == {"4008881234"}
    assert keys("user", cast.lin.id) == {"13700137000"}


def test_a_number_taken_away_leaves_no_key(cast: Cast, now: datetime) -> None:
    cast.harbour.phone = "13800138000"
    site = add(Site(customer_id=cast.harbour.id, name="门店", address="路", phone="13800138000"))
    db.session.flush()
    cast.harbour.phone = ""
    db.session.delete(site)
    db.session.flush()
    assert keys("customer", cast.harbour.id) == set() == keys("site", site.id)
    assert queries.facts_of(cast.harbour)["phone"] == ""
