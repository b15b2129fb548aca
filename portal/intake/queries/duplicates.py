"""Customers as the search for duplicates sees them, the pairs that were found, and who is like a new one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, contains_eager

from portal.access.scope import past_the_walls, visible
from portal.access.viewer import Viewer
from portal.customers.models import Contact, Customer
from portal.customers.queries import customers
from portal.customers.rules import naming
from portal.db import whole
from portal.db.base import db
from portal.db.phones import PhoneKey
from portal.intake.models import DuplicatePair
from portal.intake.rules import likeness
from portal.intake.rules.kinds import PairState
from portal.kernel.phones import stored_keys
from portal.kernel.pinyin import normalise

MOST_HINTS = 5
FIRST, SECOND = aliased(Customer), aliased(Customer)
SHOWN = (
    Customer.id, Customer.name_zh, Customer.name_en, Customer.short_name, Customer.credit_code,
    Customer.tax_number, Customer.bank_account, Customer.phone, Customer.parent_id,
)  # fmt: skip


def seen_for_search(viewer: Viewer, ids: list[int] | None = None) -> list[likeness.Customer]:
    """Every customer (or those of `ids`) that is not merged, with what its contacts add: two statements."""
    statement = customers(viewer).where(Customer.merged_into_id.is_(None))
    people = visible(select(Contact.customer_id, Contact.phone, Contact.email), Contact, viewer)
    people = people.where(Contact.active.is_(True))
    if ids is not None:
        statement = statement.where(Customer.id.in_(ids))
        people = people.where(Contact.customer_id.in_(ids))
    found = {}
    for row in db.session.execute(statement.with_only_columns(*SHOWN)):
        found[row.id] = each = _seen(row)
        each.reached_by(row.phone, "")
    for customer_id, phone, email in db.session.execute(people):
        if customer_id in found:
            found[customer_id].reached_by(phone, email)
    return list(found.values())


def how_many() -> int:
    """How many customers a search goes through, whoever may see them."""
    with past_the_walls():
        counted = select(func.count(Customer.id)).where(Customer.merged_into_id.is_(None))
        return db.session.scalar(counted) or 0


def search_ids(after: int, most: int) -> list[int]:
    """The next customers that are not merged, by id."""
    wanted = select(Customer.id).where(Customer.id > after, Customer.merged_into_id.is_(None))
    return list(db.session.scalars(wanted.order_by(Customer.id).limit(most)))


def merged_among(ids: Iterable[int]) -> set[int]:
    """Those of these customers that became part of another."""
    merged = select(Customer.id).where(Customer.merged_into_id.is_not(None))
    return set(db.session.scalars(merged)) & set(ids)


def _seen(row: Any) -> likeness.Customer:
    codes = {code.replace(" ", "").upper() for code in (row.credit_code, row.tax_number) if code}
    names = tuple(dict.fromkeys(filter(None, (row.name_zh, row.name_en, row.short_name))))
    account = "".join(ch for ch in row.bank_account if ch.isalnum()).upper()
    return likeness.Customer(
        row.id, names, frozenset(codes), account, family=row.parent_id or row.id
    )


def pairs(viewer: Viewer, state: str = PairState.OPEN.value) -> Select[Any]:
    """Pairs of customers that the viewer may see both, neither of them merged since."""
    ours = customers(viewer).with_only_columns(Customer.id).where(Customer.merged_into_id.is_(None))
    statement: Select[Any] = (
        select(DuplicatePair)
        .join(FIRST, FIRST.id == DuplicatePair.first_id)
        .join(SECOND, SECOND.id == DuplicatePair.second_id)
        .options(
            contains_eager(DuplicatePair.first.of_type(FIRST)),
            contains_eager(DuplicatePair.second.of_type(SECOND)),
        )
        .where(FIRST.merged_into_id.is_(None), SECOND.merged_into_id.is_(None))
    )
    if not viewer.sees_all:
        both = DuplicatePair.first_id.in_(ours), DuplicatePair.second_id.in_(ours)
        statement = statement.where(*both)
    return statement.where(DuplicatePair.state == state) if state else statement


def having_words(statement: Select[Any], words: str) -> Select[Any]:
    """`pairs` of which one customer is found by every word."""
    for word in normalise(words).lower().split():
        either = (each.search_text.contains(word, autoescape=True) for each in (FIRST, SECOND))
        statement = statement.where(or_(*either))
    return statement


def known_pairs() -> dict[tuple[int, int], DuplicatePair]:
    """Every pair that was ever found."""
    rows = db.session.scalars(select(DuplicatePair))
    return {(row.first_id, row.second_id): row for row in rows}


def like_new(
    names: tuple[str, ...], credit_code: str, phone: str, mail: str, viewer: Viewer
) -> list[tuple[Customer, likeness.Pair]]:
    """Customers that one who is about to be taken in may be, the likeliest first: by name, code, number and mail.

    Looked for among those that share a word, a number or an address, not among all.
    """
    words = [word for name in names if name for word in naming.shortlist_words(name)]
    ids = {row[0] for row in whole.with_any_word(Customer, "search_text", words, ("id",), 500)}
    for key in stored_keys(phone):
        ids |= _reached_by(key)
    if domain := mail.rpartition("@")[2].lower():
        like = Contact.email.endswith(f"@{domain}", autoescape=True)
        ids |= set(db.session.scalars(select(Contact.customer_id).where(like).limit(50)))
    new = likeness.Customer(0, names, frozenset({credit_code.upper()} - {""}), family=-1)
    new.reached_by(phone, mail)
    found = seen_for_search(viewer, sorted(ids)[:500])
    likely = [pair for each in found if (pair := likeness.compared(new, each)) is not None]
    best = sorted(likely, key=lambda pair: (-pair.score, pair.second))[:MOST_HINTS]
    rows = customers(viewer).where(Customer.id.in_([pair.second for pair in best]))
    there = {row.id: row for row in db.session.scalars(rows)}
    return [(there[pair.second], pair) for pair in best]


def _reached_by(key: str) -> set[int]:
    keys = select(PhoneKey.holder, PhoneKey.holder_id).where(PhoneKey.key == key)
    rows = db.session.execute(keys.where(PhoneKey.holder.in_(("customer", "contact")))).all()
    people = [row.holder_id for row in rows if row.holder == "contact"]
    owners = select(Contact.customer_id).where(Contact.id.in_(people))
    return {row.holder_id for row in rows if row.holder == "customer"} | set(
        db.session.scalars(owners)
    )
