"""The demo world, built through the same actions that people use; nothing in it is written past them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update

from portal.access.labels import ROLE_LABELS
from portal.access.permissions import Power, Role
from portal.access.viewer import SYSTEM, Viewer
from portal.accounts.actions import create_user
from portal.accounts.models import User
from portal.accounts.sign_in import password_hash
from portal.customers.actions import people as contacts
from portal.customers.actions import profile
from portal.customers.models import Customer, Membership
from portal.customers.queries import viewer_for
from portal.db.base import db
from portal.db.outbox import OutboxMessage, OutboxState
from portal.db.work import unit_of_work
from portal.demo import pictures
from portal.demo.bills import tell_bills
from portal.demo.campaigns import tell_campaigns
from portal.demo.care import tell_care
from portal.demo.carriage import tell_carriage
from portal.demo.catalogue import (
    Sheets,
    agree_last_season,
    load_catalogue,
    read_sheets,
    write_items,
)
from portal.demo.chances import tell_opportunities
from portal.demo.claims import tell_claims
from portal.demo.clauses import write_clauses
from portal.demo.contracts import tell_contracts
from portal.demo.customers import CUSTOMERS, DemoCustomer, DemoMember
from portal.demo.firm import DOMAIN, FIRM, PASSWORD, PHONES, STAFF
from portal.demo.house import tell_house
from portal.demo.insights import tell_insights
from portal.demo.knowledge import tell_knowledge
from portal.demo.leads import tell_leads
from portal.demo.money import tell_money
from portal.demo.quotations import write_agreed, write_quotations
from portal.demo.relations import tell_relations
from portal.demo.rewards import tell_rewards
from portal.demo.service import tell_service
from portal.demo.stage import Stage, Timeline
from portal.demo.stock import tell_stock, write_warehouses
from portal.demo.used import tell_usage
from portal.documents.archive import archive
from portal.documents.models import FirmProfile
from portal.documents.pictures import fit_for_paper
from portal.jobs import first_rows
from portal.kernel import clock

Tell = Callable[[str], object]
FIRST_DAY = timedelta(days=520)
"""So long ago the firm and its customers came: the first contract of the demo has ended since."""


def build_world(now: datetime, progress: Tell = print) -> None:
    """Fill an empty database, whole or not at all: the past is played day by day, up to `now`."""
    with unit_of_work():
        days = Timeline(now)
        first, sheets = now - FIRST_DAY, read_sheets(days.today)
        with clock.frozen(first):
            progress("  the firm, its people and its customers")
            first_rows.seed(SYSTEM, first)
            _people(first)
            stage = Stage(days, {login: as_viewer(user_id) for login, user_id in _logins().items()})
            write_items(sheets, days.today, first)
            write_clauses(stage.people["wu.mei"], first)
            write_warehouses(stage, first)
        progress("  tariffs, quotations, contracts, shipments, usage, stock, bills")
        _tell(stage, sheets, progress)
        days.play()
        _letters_of_the_past(now)


def _tell(stage: Stage, sheets: Sheets, progress: Tell) -> None:
    """Everything that happened since the people came, onto the timeline."""
    days, accepted = stage.timeline, []
    days.add(days.day(-125), "09:00", lambda at: agree_last_season(sheets, days.today, at))
    days.add(days.day(-75), "10:00", lambda at: accepted.append(write_agreed(at, stage.people)))
    days.add(days.day(-20), "09:00", lambda at: load_catalogue(sheets, at, progress))
    tell_contracts(stage, lambda: accepted[0])
    tell_carriage(stage)
    tell_stock(stage)
    tell_usage(stage)
    tell_bills(stage)
    tell_money(stage)
    tell_knowledge(stage)
    tell_service(stage)
    tell_claims(stage)
    days.add(days.day(1), "00:00", lambda at: write_quotations(at, stage.people))
    tell_relations(stage)
    tell_opportunities(stage)
    tell_leads(stage)
    tell_care(stage)
    tell_campaigns(stage)
    tell_rewards(stage)
    tell_insights(stage)
    tell_house(stage)


def _letters_of_the_past(now: datetime) -> None:
    """What was written before yesterday was delivered then; only the rest is left to the worker."""
    sent = {"state": OutboxState.SENT.value, "tries": 1, "sent_at": OutboxMessage.created_at}
    old = OutboxMessage.created_at < now - timedelta(days=1)
    db.session.execute(update(OutboxMessage).where(old).values(**sent))


def _people(now: datetime) -> None:
    secret = password_hash(PASSWORD)
    db.session.add(_firm())
    staff = dict(_staff(secret, now))
    for each in CUSTOMERS:
        _customer(each, staff, secret, now)


def demo_logins() -> Iterator[str]:
    """Lines that tell how to sign in as each role; nothing when this database holds no demo world."""
    known = set(db.session.scalars(select(User.email)))
    if f"{STAFF[0][0]}@{DOMAIN}" not in known:
        return
    yield f"Demo sign-ins, all with the password {PASSWORD}:"
    for login, name, role in STAFF:
        yield f"  {ROLE_LABELS[role]!s:24}{f'{login}@{DOMAIN}':32}{name}"
    for customer in CUSTOMERS:
        for member in customer.members:
            leads = Power.ADMINISTER in member.powers
            what = "Customer administrator" if leads else "Customer member"
            address = f"{member.login}@{customer.domain}"
            yield f"  {what:24}{address:32}{member.name}, {customer.facts.short_name}"


def as_viewer(user_id: int) -> Viewer:
    """A user as the value that actions take."""
    return viewer_for(user_id, None)


def _firm() -> FirmProfile:
    """The firm's settings, with its logo and seal in the archive."""
    look = {
        **FIRM["look"],
        "logo": archive().store(fit_for_paper(pictures.logo())),
        "seal": archive().store(fit_for_paper(pictures.seal(FIRM["name_zh"]))),
    }
    return FirmProfile(id=1, **{**FIRM, "look": look})


def _staff(secret: str, now: datetime) -> Iterator[tuple[str, User]]:
    for login, name, role in STAFF:
        yield (
            login,
            _person(f"{login}@{DOMAIN}", name, "staff", secret, now, [role], PHONES.get(login)),
        )


def _person(
    email: str,
    name: str,
    kind: str,
    secret: str,
    now: datetime,
    roles: list[Role],
    phone: str | None = None,
    locale: str = "zh_CN",
) -> User:
    return create_user(
        email, name, kind, now=now, roles=roles, locale=locale, phone=phone, password_hash=secret
    )


def _customer(each: DemoCustomer, staff: dict[str, User], secret: str, now: datetime) -> None:
    owner = as_viewer(staff[each.owner].id)
    facts = each.facts
    if each.group:
        parent = db.session.scalar(select(Customer.id).where(Customer.code == each.group))
        facts = replace(facts, parent_id=parent)
    customer = profile.create(facts, owner, now)
    for index, contact in enumerate(each.contacts):
        contacts.add_contact(customer, contact, owner, now, main=index == 0)
    for site in each.sites:
        contacts.add_site(customer, site, owner, now)
    for member in each.members:
        _member(customer, member, each.domain, secret, now)


def _member(
    customer: Customer, member: DemoMember, domain: str, secret: str, now: datetime
) -> None:
    user = _person(
        f"{member.login}@{domain}", member.name, "customer", secret, now, [], locale=member.locale
    )
    db.session.flush()
    db.session.add(
        Membership(
            user_id=user.id,
            customer_id=customer.id,
            powers=sorted(member.powers),
            covers_branches=member.covers_branches,
            created_at=now,
        )
    )
    db.session.flush()


def _logins() -> dict[str, int]:
    """Sign-in name before the @ → user id."""
    rows = db.session.execute(select(User.email, User.id))
    return {email.partition("@")[0]: user_id for email, user_id in rows}
