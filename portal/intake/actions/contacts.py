"""Contacts from a file: found again by customer, name and telephone or mail; written in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert, select

from portal.access.viewer import Viewer
from portal.customers import queries as customer_queries
from portal.customers.models import Contact, Customer
from portal.customers.rules import profile
from portal.customers.rules.people import ContactFacts, cleaned_contact
from portal.customers.rules.profile import CustomerFacts
from portal.db import audit, phones
from portal.db.base import db
from portal.intake.actions.planning import Plan, Reading, belongs, changed
from portal.intake.actions.subjects import Subject
from portal.intake.queries import known
from portal.intake.rules.fields import ASIDE
from portal.intake.rules.reading import Line, Values
from portal.intake.rules.spelling import Vocabulary, folded
from portal.kernel.errors import InvalidMany
from portal.kernel.phones import stored_keys
from portal.kernel.pinyin import normalise

FACTS = ("name", "position", "email", "phone", "wechat", "note")
COLUMNS = (*FACTS, "is_main", "influence", "attitude", "left_on")


class ContactsWay:
    """How files of contacts are compared and written."""

    def known(self, viewer: Viewer) -> Mapping[str, Vocabulary]:
        """Nothing beyond the lists that are the same everywhere."""
        return {}

    def wanted(self, values: Values) -> Iterable[str]:
        """The customer that a line names."""
        yield values.get("customer") or ""

    def compare(self, reading: Reading, lines: list[Line]) -> list[Plan]:
        """What lines come to, against the contacts as they are."""
        named = list(belongs(reading, lines))
        there = known.contact_rows((customer.id for _, customer in named), reading.viewer)
        plans = []
        for line, customer in named:
            values = _values(reading, line)
            if values is None:
                continue
            key = customer.id, folded(values["name"]), *_reach(values)
            if reading.once(key, line.row, ("name",), values["name"]):
                plan = Plan(line.row, values, values["name"], customer.id)
                _compare(reading, plan, there.get(customer.id, []))
                plans.append(plan)
        return plans

    def write(self, reading: Reading, plans: list[Plan], actor: Viewer) -> None:
        """Insert what is new, change what is there, and let searches find both."""
        _insert(reading, [plan for plan in plans if plan.row_id is None], actor)
        _update(reading, [plan for plan in plans if plan.changes], actor)
        for some in known.chunks(sorted({plan.customer_id for plan in plans})):
            _refresh(some)

    def finish(self, reading: Reading, actor: Viewer) -> None:
        """Nothing is left to do."""


WAY = ContactsWay()


def _values(reading: Reading, line: Line) -> Values | None:
    """What a line says of a person, tidied; None after telling what is wrong with it."""
    given = {name: value for name, value in line.values.items() if name in COLUMNS}
    given = {
        name: "" if value is None and name != "left_on" else value for name, value in given.items()
    }
    if line.values.get(ASIDE):
        given["note"] = "\n".join(filter(None, [given.get("note", ""), *line.values[ASIDE]]))
    facts: dict[str, Any] = {name: str(given.get(name, "")) for name in FACTS}
    try:
        tidy = cleaned_contact(ContactFacts(**facts))
    except InvalidMany as error:
        for name, expected in error.errors.items():
            reading.reader.wrong(line.row, (name, "name"), facts.get(name, ""), expected)
        return None
    return {name: getattr(tidy, name) if name in FACTS else given[name] for name in given}


def _reach(values: Mapping[str, Any]) -> tuple[str, str]:
    """By what two people of one name are told apart."""
    return next(iter(stored_keys(values.get("phone") or "")), ""), values.get("email") or ""


def _compare(reading: Reading, plan: Plan, rows: list[Any]) -> None:
    """Find the person among the customer's contacts, and what is new about them."""
    same_name = [row for row in rows if folded(row.name) == folded(plan.values["name"])]
    phone, email = _reach(plan.values)
    reached = [
        row
        for row in same_name
        if (phone and phone in stored_keys(row.phone)) or (email and email == row.email)
    ]
    row = next(iter(reached), None)
    if row is None and len(same_name) == 1 and not _taken(reading, plan, same_name[0].id):
        row = same_name[0]
    if row is not None:
        plan.row_id = row.id
        reading.facts.setdefault("met", {})[row.id] = plan.row
        plan.changes = changed(plan.values, {name: getattr(row, name) for name in COLUMNS})


def _taken(reading: Reading, plan: Plan, contact_id: int) -> bool:
    """Whether an earlier row of the file is this contact already: then there are two people of that name."""
    return bool(reading.facts.setdefault("met", {}).get(contact_id, plan.row) != plan.row)


def _insert(reading: Reading, plans: list[Plan], actor: Viewer) -> None:
    if not plans:
        return
    without = _without_main({plan.customer_id for plan in plans})
    rows = [_new(plan, without) for plan in plans]
    ids = db.session.scalars(
        insert(Contact).returning(Contact.id, sort_by_parameter_order=True), rows
    ).all()
    pairs = list(zip(ids, rows, strict=True))
    phones.write_many(
        Contact.__tablename__, [(row_id, row.get("phone", "")) for row_id, row in pairs]
    )
    entries = [
        (Subject("contact", row_id, row["customer_id"]), None, _plain(row)) for row_id, row in pairs
    ]
    audit.record_all(
        actor, "customer.contact_added", entries, reading.now, reason=reading.batch.file_name
    )


def _new(plan: Plan, without_main: set[int]) -> dict[str, Any]:
    """A new contact; the first of a customer without a main one is it."""
    row = {name: plan.values.get(name, "") for name in FACTS}
    row |= {name: plan.values.get(name) or "" for name in ("influence", "attitude")}
    row |= {"left_on": plan.values.get("left_on"), "customer_id": plan.customer_id}
    row["is_main"] = plan.customer_id in without_main
    without_main.discard(plan.customer_id)
    return row


def _without_main(ids: set[int]) -> set[int]:
    found = set(ids)
    for some in known.chunks(sorted(ids)):
        there = select(Contact.customer_id).where(
            Contact.customer_id.in_(some), Contact.is_main.is_(True), Contact.active.is_(True)
        )
        found -= set(db.session.scalars(there))
    return found


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in ("", None, False)}


def _update(reading: Reading, plans: list[Plan], actor: Viewer) -> None:
    for some in known.chunks(plans):
        statement = select(Contact).where(Contact.id.in_([plan.row_id for plan in some]))
        rows = {row.id: row for row in db.session.scalars(statement)}
        entries = []
        for plan in some:
            row = rows[plan.row_id or 0]
            for each in plan.changes:
                setattr(row, each.field, each.after)
            before = {each.field: each.before for each in plan.changes}
            entries.append((row, before, {each.field: each.after for each in plan.changes}))
        db.session.flush()
        mains = {row.customer_id: row.id for row in rows.values() if row.is_main}
        _only_main(mains)
        why = reading.batch.file_name
        audit.record_all(actor, "customer.contact_changed", entries, reading.now, reason=why)


def _only_main(mains: Mapping[int, int]) -> None:
    """There is one main contact at most."""
    if not mains:
        return
    others = select(Contact).where(Contact.customer_id.in_(mains), Contact.is_main.is_(True))
    for row in db.session.scalars(others):
        row.is_main = row.id == mains[row.customer_id]
    db.session.flush()


def _refresh(ids: list[int]) -> None:
    """Let searches find the customers by their contacts."""
    people: dict[int, tuple[str, ...]] = {}
    statement = select(Contact.customer_id, Contact.name, Contact.phone)
    wanted = statement.where(Contact.customer_id.in_(ids), Contact.active.is_(True))
    for row in db.session.execute(wanted.order_by(Contact.is_main.desc(), Contact.id)):
        people[row.customer_id] = (*people.get(row.customer_id, ()), row.name, row.phone)
    aliases = customer_queries.aliases(ids)
    for customer in db.session.scalars(select(Customer).where(Customer.id.in_(ids))):
        facts = CustomerFacts(**customer_queries.facts_of(customer))
        said = (*aliases.get(customer.id, ()), *people.get(customer.id, ()))
        customer.search_text = profile.search_text(facts, said)


def named(word: str, rows: Iterable[Any]) -> Any | None:
    """The one contact of this name; None where there is none, or several."""
    found = [row for row in rows if folded(row.name) == folded(normalise(word))]
    return found[0] if len(found) == 1 else None
