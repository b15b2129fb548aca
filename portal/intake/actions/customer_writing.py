"""Customers of a file written: new ones in bulk with code, keys and owner, changed ones by their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import insert, select

from portal.access.models import Assignment
from portal.access.viewer import Viewer
from portal.customers import queries as customer_queries
from portal.customers.models import Contact, Customer
from portal.customers.rules import naming, profile
from portal.customers.rules.kinds import CustomerKind, Part
from portal.customers.rules.profile import CustomerFacts
from portal.db import audit, phones, whole
from portal.db.base import db
from portal.intake.actions import written
from portal.intake.actions.planning import Change, Plan, Reading
from portal.intake.actions.subjects import Subject
from portal.intake.queries import known

PLAIN = (
    "code", "name_zh", "name_en", "short_name", "kind", "credit_code", "tax_number", "segment",
    "industry", "market", "area", "reach", "nature", "source", "address", "phone", "bank_name",
    "bank_account", "note",
)  # fmt: skip
RENAMED = {"currency": "default_currency", "language": "document_language"}
COLUMNS = (*PLAIN, *RENAMED.values(), "is_foreign", "parent_id")
FACTS = tuple(each.name for each in fields(CustomerFacts))
PARENT, OWNER = "parent", "owner"


@dataclass(slots=True)
class Codes:
    """Codes for new customers without one: each prefix's taken ones are looked up once."""

    taken: dict[str, set[str]] = field(default_factory=dict)

    def next(self, name: str) -> str:
        """A free code made from a name; it is taken now."""
        prefix = naming.code_prefix(name)
        if prefix not in self.taken:
            self.taken[prefix] = set(whole.starting_with(Customer, "code", prefix))
        code = naming.next_code(prefix, self.taken[prefix])
        self.taken[prefix].add(code)
        return code


def insert_new(reading: Reading, plans: list[Plan], actor: Viewer) -> None:
    if not plans:
        return
    codes: Codes = reading.facts.setdefault("codes", Codes())
    rows = [_new(plan, codes, reading) for plan in plans]
    ids = written.inserted(Customer, rows, "code")
    for plan, row_id in zip(plans, ids, strict=True):
        plan.row_id = plan.customer_id = row_id
    phones.write_many(
        Customer.__tablename__, [(i, r["phone"]) for i, r in zip(ids, rows, strict=True)]
    )
    owners = [
        {"customer_id": plan.row_id, "user_id": user_id, "part": Part.OWNER.value}
        for plan in plans
        if (user_id := int(plan.values.get(OWNER) or 0) or actor.user_id)
    ]
    if owners:
        db.session.execute(insert(Assignment), owners)
    after = [{**_told(row), "row": plan.row} for plan, row in zip(plans, rows, strict=True)]
    subjects = [Subject.customer(row_id) for row_id in ids]
    entries = [(who, None, what) for who, what in zip(subjects, after, strict=True)]
    audit.record_all(actor, "customer.imported", entries, reading.now, reason=_why(reading))


def _new(plan: Plan, codes: Codes, reading: Reading) -> dict[str, Any]:
    given = {n: v for n, v in plan.values.items() if n in FACTS and v is not None}
    given |= {"parent_id": None, "kind": _kind(plan)}
    if given.get("name_zh") and not given.get("code"):
        given["code"] = codes.next(given.get("short_name") or given["name_zh"])
    elif not given.get("code"):
        given["code"] = codes.next(given["name_en"])
    facts = profile.cleaned(CustomerFacts(**given))
    row = {each.name: getattr(facts, each.name) for each in fields(CustomerFacts)}
    for name in ("market", "area", "reach", "nature", "source"):
        row[name] = plan.values.get(name) or ""
    row["is_foreign"] = bool(plan.values.get("is_foreign"))
    row |= {"credit_code": facts.credit_code or None, "search_text": profile.search_text(facts)}
    return row | {"created_at": reading.now, "updated_at": reading.now, "version": 1}


def _kind(plan: Plan) -> str:
    """A branch becomes one when its group is there."""
    kind = plan.values.get("kind") or CustomerKind.ORGANISATION.value
    return CustomerKind.ORGANISATION.value if kind == CustomerKind.BRANCH else str(kind)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in COLUMNS if row.get(name) not in (None, "")}


def _why(reading: Reading) -> str:
    return reading.batch.file_name


def update_changed(plans: list[Plan], reading: Reading, actor: Viewer) -> None:
    for some in known.chunks(plans):
        rows = {row.id: row for row in rows_of([plan.row_id for plan in some])}
        people = _people(list(rows))
        aliases = customer_queries.aliases(rows)
        entries = []
        for plan in some:
            row = rows[plan.row_id or 0]
            for each in plan.changes:
                if each.field in COLUMNS and each.after != CustomerKind.BRANCH:
                    setattr(row, each.field, _stored(each))
            facts = CustomerFacts(**customer_queries.facts_of(row))
            said = (*aliases.get(row.id, ()), *people.get(row.id, ()))
            row.search_text = profile.search_text(facts, said)
            before = {each.field: each.before for each in plan.changes}
            after = {each.field: each.after for each in plan.changes}
            entries.append((row, before, {**after, "row": plan.row}))
        db.session.flush()
        _hand_over(some)
        audit.record_all(actor, "customer.imported", entries, reading.now, reason=_why(reading))


def _stored(change: Change) -> Any:
    if change.field == "credit_code":
        return change.after or None
    return change.after


def _people(ids: list[int]) -> dict[int, tuple[str, ...]]:
    """Customer id → names and numbers of its contacts, as searches look for them."""
    found: dict[int, tuple[str, ...]] = {}
    statement = select(Contact.customer_id, Contact.name, Contact.phone)
    wanted = statement.where(Contact.customer_id.in_(ids), Contact.active.is_(True))
    for row in db.session.execute(wanted.order_by(Contact.is_main.desc(), Contact.id)):
        found[row.customer_id] = (*found.get(row.customer_id, ()), row.name, row.phone)
    return found


def _hand_over(plans: list[Plan]) -> None:
    """The owner that the file names instead of the one before."""
    owners = {plan.row_id: int(plan.values[OWNER]) for plan in plans if _owner_changes(plan)}
    if not owners:
        return
    rows = db.session.scalars(select(Assignment).where(Assignment.customer_id.in_(owners)))
    for row in rows:
        if row.part == Part.OWNER or row.user_id == owners[row.customer_id]:
            db.session.delete(row)
    db.session.flush()
    for customer_id, user_id in owners.items():
        db.session.add(Assignment(customer_id=customer_id, user_id=user_id, part=Part.OWNER))


def _owner_changes(plan: Plan) -> bool:
    return any(each.field == OWNER for each in plan.changes)


def rows_of(ids: Iterable[Any]) -> Iterator[Customer]:
    return db.session.scalars(select(Customer).where(Customer.id.in_(sorted(set(ids)))))
