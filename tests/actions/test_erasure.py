"""A person leaves the portal: nothing of them is found any more, and the books and the chain stay whole."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select, update

from portal.access.permissions import Role
from portal.access.viewer import SYSTEM
from portal.accounts.models import SignIn, User
from portal.calls.models import Call
from portal.campaigns.actions import consenting
from portal.campaigns.models import MarketingConsent
from portal.campaigns.queries.consent import is_suppressed
from portal.campaigns.rules.kinds import Consent, ConsentWay
from portal.customers.models import Contact, Membership, Site
from portal.db import audit, persons
from portal.db.audit import AuditEntry
from portal.db.base import Base, db
from portal.db.outbox import OutboxMessage
from portal.db.phones import PhoneKey
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow
from portal.privacy.actions import erasing
from portal.privacy.queries import persons as people
from portal.privacy.queries.findings import findings
from portal.privacy.rules.kinds import PersonKind, Standing
from portal.service_requests.actions import talking
from portal.service_requests.models import RequestMessage, ServiceRequest
from tests.cast import EVERY_POWER, Cast, customer, member, staff, viewer
from tests.leads import a_lead
from tests.privacy import EMAIL, NAME, PHONE, a_contact, a_known_contact, add, asked, of
from tests.service import a_request
from tests.statements import a_statement

pytestmark = pytest.mark.both_databases


def erased(cast: Cast, now: datetime, *standings: Standing) -> str:
    """These, erased; the pseudonym."""
    row = asked(cast, now, *standings)
    erasing.erase(row, viewer(cast.administrator), now)
    db.session.flush()
    db.session.expire_all()
    return f"已删除人员{row.id} / Erased person {row.id}"


def everything_said() -> str:
    """Every text of the database, in one."""
    said = []
    for name, columns in persons.text_columns().items():
        for row in db.session.execute(select(Base.metadata.tables[name])).mappings():
            said += [str(row[column]) for column in columns if row[column]]
    return "\n".join(said)


def test_nothing_of_an_erased_contact_is_found_any_more(cast: Cast, now: datetime) -> None:
    contact = a_known_contact(cast, now)
    before = everything_said()
    assert all(each in before for each in (NAME, EMAIL, "13800138000", "爱喝茶", "zm_wx"))
    erased(cast, now, of(contact, PersonKind.CONTACT))
    after = everything_said()
    assert not [
        each for each in (NAME, EMAIL, "13800138000", "爱喝茶", "zm_wx", PHONE) if each in after
    ]


def test_the_pseudonym_stands_where_the_name_stood(cast: Cast, now: datetime) -> None:
    contact = a_known_contact(cast, now)
    name = erased(cast, now, of(contact, PersonKind.CONTACT))
    assert (contact.name, contact.phone, contact.active) == (name, "", False)
    call, site = db.session.scalars(select(Call)).one(), db.session.scalars(select(Site)).one()
    assert (call.caller_name, call.number, call.subject) == (name, "", f"{name}来电")
    assert (site.contact_name, site.phone, site.address) == (name, "", "港区 1 号")
    assert db.session.scalars(select(ServiceRequest.text)).one() == f"请回电{name} ***"


def test_the_chain_of_the_history_is_whole_after_an_erasure(cast: Cast, now: datetime) -> None:
    contact = a_known_contact(cast, now)
    name = erased(cast, now, of(contact, PersonKind.CONTACT))
    entry = audit.timeline(contact, public_only=False)[0]
    assert entry.after == {"name": name, "phone": "", "note": "***", "is_main": False} | {
        "phone": "***"
    }
    found = audit.verified()
    assert found.broken is None and found.redacted >= 2


def test_a_number_of_an_erased_contact_finds_nobody(cast: Cast, now: datetime) -> None:
    contact = a_known_contact(cast, now)
    erased(cast, now, of(contact, PersonKind.CONTACT))
    assert db.session.scalar(select(func.count()).select_from(PhoneKey)) == 0


def test_letters_to_an_erased_person_are_emptied_and_do_not_go(cast: Cast, now: datetime) -> None:
    contact = a_known_contact(cast, now)
    erased(cast, now, of(contact, PersonKind.CONTACT))
    mine = OutboxMessage.recipient.endswith("@erased.invalid")
    letter = db.session.scalars(select(OutboxMessage).where(mine)).one()
    assert letter.state == "dropped" and letter.facts == {}


def test_nobody_can_enter_an_erased_address_for_news_but_its_person(
    cast: Cast, now: datetime
) -> None:
    contact = a_known_contact(cast, now)
    erased(cast, now, of(contact, PersonKind.CONTACT))
    assert db.session.scalar(select(func.count()).select_from(MarketingConsent)) == 0
    assert is_suppressed(EMAIL.upper())
    again = a_contact(cast, now)
    with pytest.raises(Invalid):
        consenting.record(again, Consent.GIVEN, ConsentWay.PHONE, "同意", viewer(cast.sales), now)
    consenting.say(EMAIL, Consent.GIVEN, ConsentWay.PORTAL, viewer(cast.lin), now)
    assert not is_suppressed(EMAIL)


def test_an_erased_user_cannot_sign_in_and_holds_nothing(cast: Cast, now: datetime) -> None:
    user = member("Zhou Min", cast.harbour, EVERY_POWER, now)
    mark = user.fs_uniquifier
    request = a_request(cast, now, by=viewer(user))
    talking.write(request, "我是 Zhou Min，电话见名片", (), viewer(user), now)
    db.session.execute(update(OutboxMessage).values(state="sent"))
    name = erased(cast, now, of(user, PersonKind.USER))
    assert (user.name, user.active, user.password) == (name, False, None)
    assert user.email.endswith("@erased.invalid") and user.fs_uniquifier != mark
    left = select(func.count()).select_from(Membership).where(Membership.user_id == user.id)
    assert db.session.scalar(left) == 0
    message = db.session.scalars(select(RequestMessage)).one()
    assert (message.author_name, message.text) == (name, f"我是 {name}，电话见名片")
    assert "Zhou Min" not in everything_said() and audit.first_broken_link() is None


def test_sign_ins_of_an_erased_user_are_deleted(cast: Cast, now: datetime) -> None:
    user = member("Zhou Min", cast.harbour, EVERY_POWER, now)
    columns = {
        "mark_hash": "a" * 64,
        "began_at": now,
        "seen_at": now,
        "ends_at": now,
        "way": "password",
    }
    add(SignIn(user_id=user.id, kept=False, ip="203.0.113.9", **columns))
    erased(cast, now, of(user, PersonKind.USER))
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0


def test_our_own_people_leave_their_name_behind_but_in_free_texts(
    cast: Cast, now: datetime
) -> None:
    chen = cast.sales
    audit.record(viewer(chen), "customer.changed", cast.nordwind, now, after={"owner": "Chen Li"})
    name = erased(cast, now, of(chen, PersonKind.USER))
    entry = audit.timeline(cast.nordwind, public_only=False)[0]
    assert (entry.actor_name, entry.after) == (name, {"owner": name})
    assert chen.roles == [] and audit.first_broken_link() is None


def test_a_person_of_a_lead_is_erased_and_the_firm_stays(cast: Cast, now: datetime) -> None:
    lead = a_lead(cast, now, name="周敏货运", contact_name=NAME, phone=PHONE, email=EMAIL)
    name = erased(cast, now, of(lead, PersonKind.LEAD))
    assert (lead.contact_name, lead.phone, lead.name) == (name, "", "周敏货运")


def test_a_private_customer_becomes_a_pseudonym(cast: Cast, now: datetime) -> None:
    person = customer(
        "ZHOUMIN", NAME, "Zhou Min", kind="person", phone=PHONE, address="海港路 8 号"
    )
    audit.record(
        viewer(cast.sales),
        "customer.created",
        person,
        now,
        after={"name_zh": NAME, "code": "ZHOUMIN"},
    )
    erased(cast, now, of(person, PersonKind.CUSTOMER))
    assert person.name_zh.startswith("已删除人员") and person.name_en.startswith("Erased person")
    assert (person.address, person.active) == ("", False) and person.code.startswith("ERASED-")
    assert NAME not in everything_said() and "ZHOUMIN" not in everything_said()


def test_somebody_named_on_requests_alone_is_erased(cast: Cast, now: datetime) -> None:
    request = a_request(
        cast, now, requester_name=NAME, requester_phone=PHONE, requester_email=EMAIL
    )
    name = erased(cast, now, of(request, PersonKind.REQUESTER))
    assert (request.requester_name, request.requester_phone, request.requester_email) == (
        name,
        "",
        "",
    )


def test_another_customers_person_of_the_same_name_stays(cast: Cast, now: datetime) -> None:
    contact = a_contact(cast, now)
    other = add(Contact(customer_id=cast.nordwind.id, name=NAME, phone="139 1111 2222"))
    erased(cast, now, of(contact, PersonKind.CONTACT))
    assert other.name == NAME


def test_the_books_stay_and_the_outcome_says_until_when(cast: Cast, now: datetime) -> None:
    contact = a_contact(cast, now)
    bill = a_statement(cast.harbour)
    bill.note = f"请寄{NAME}"
    db.session.flush()
    row = asked(cast, now, of(contact, PersonKind.CONTACT))
    erasing.erase(row, viewer(cast.administrator), now)
    db.session.expire_all()
    assert bill.note == f"请寄{NAME}"
    assert row.outcome["stays"]["statement"] == [1, "books", bill.ends_on.year + 30]


def test_erasing_twice_is_refused(cast: Cast, now: datetime) -> None:
    row = asked(cast, now, of(a_contact(cast, now), PersonKind.CONTACT))
    erasing.erase(row, viewer(cast.administrator), now)
    with pytest.raises(NotAllowedNow):
        erasing.erase(row, viewer(cast.administrator), now)


def test_nobody_is_erased_before_we_know_who_asks(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowedNow):
        erasing.erase(asked(cast, now), viewer(cast.administrator), now)


def test_nobody_erases_themselves_nor_the_last_administrator(cast: Cast, now: datetime) -> None:
    own = asked(cast, now, of(cast.administrator, PersonKind.USER))
    with pytest.raises(NotAllowedNow):
        erasing.erase(own, viewer(cast.administrator), now)
    second = staff("Second Admin", Role.ADMINISTRATOR)
    other = asked(cast, now, of(second, PersonKind.USER))
    cast.administrator.active = False
    db.session.flush()
    with pytest.raises(NotAllowedNow):
        erasing.erase(other, SYSTEM, now)


def test_money_that_is_owed_is_in_the_way(cast: Cast, now: datetime) -> None:
    person = customer("P1", NAME, "", kind="person")
    a_request(cast, now, customer=person, requester_name=NAME)
    row = asked(cast, now, of(person, PersonKind.CUSTOMER))
    with pytest.raises(NotAllowedNow, match="still open"):
        erasing.erase(row, viewer(cast.administrator), now)


def test_sales_may_not_erase(cast: Cast, now: datetime) -> None:
    row = asked(cast, now, of(a_contact(cast, now), PersonKind.CONTACT))
    with pytest.raises(Forbidden):
        erasing.erase(row, viewer(cast.sales), now)


def test_the_preview_counts_what_the_erasure_then_does(cast: Cast, now: datetime) -> None:
    contact = a_known_contact(cast, now)
    found = {
        f.table: (f.own, f.named)
        for f in findings(people.person([of(contact, PersonKind.CONTACT)], 1))
    }
    assert found["contact"] == (1, 0) and found["call"] == (1, 0)
    assert found["site"] == (0, 1) and found["service_request"] == (0, 1)


def test_others_with_the_same_address_are_proposed(cast: Cast, now: datetime) -> None:
    contact = a_contact(cast, now, email=cast.lin.email.upper())
    hits = people.same_person([of(cast.lin, PersonKind.USER)])
    assert [hit.standing for hit in hits] == [of(contact, PersonKind.CONTACT)]


def test_entries_about_others_are_not_touched(cast: Cast, now: datetime) -> None:
    contact = a_contact(cast, now)
    other = audit.record(
        viewer(cast.erik), "customer.changed", cast.nordwind, now, reason=f"{NAME}"
    )
    erased(cast, now, of(contact, PersonKind.CONTACT))
    assert db.session.get_one(AuditEntry, other.id).reason == NAME
    assert db.session.get_one(User, cast.erik.id).name == "Erik Nord"
