"""What a file is compared with: read in few statements however long the file is, and only what it names is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from portal.access.models import Assignment
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.catalogue.models import ServiceItem
from portal.customers.models import Contact, Customer
from portal.customers.queries import customers
from portal.customers.rules.kinds import Part
from portal.db.base import db
from portal.intake.rules.spelling import Vocabulary, folded, nearest
from portal.opportunities.queries import words

AT_ONCE = 500
MOST_ITEMS = 5_000
MOST_SOUGHT = 60
"""So many unknown names are compared with every customer's; a file with more is not about our customers."""
NAMES = (Customer.name_zh, Customer.name_en, Customer.short_name)


class Named(NamedTuple):
    """A customer that a file names."""

    id: int
    code: str
    kind: str


@dataclass(slots=True)
class Customers:
    """The customers that a file names, by folded code, credit code and name; a merged one is its survivor."""

    codes: dict[str, Named] = field(default_factory=dict)
    credit_codes: dict[str, Named] = field(default_factory=dict)
    names: dict[str, list[Named]] = field(default_factory=dict)

    def meant(self, word: str) -> list[Named]:
        """What a word may mean: a code means one customer, a name perhaps several."""
        key = folded(word)
        if (found := self.codes.get(key) or self.credit_codes.get(key)) is not None:
            return [found]
        return list(dict.fromkeys(self.names.get(key, ())))

    def by_name(self, *names: str) -> list[Named]:
        """The customers with one of these names."""
        return list(dict.fromkeys(each for n in names for each in self.names.get(folded(n), ())))


def customers_named(wanted: Collection[str], viewer: Viewer) -> Customers:
    """The customers that some of `wanted` (folded words) may mean: one look at all of them, the others forgotten."""
    found, survivors = Customers(), _survivors(viewer)
    statement = customers(viewer).with_only_columns(
        Customer.id, Customer.code, Customer.kind, Customer.credit_code, Customer.merged_into_id, *NAMES
    )  # fmt: skip
    for row in db.session.execute(statement.execution_options(yield_per=2_000)):
        named = Named(row.id, row.code, row.kind)
        if row.merged_into_id is not None:
            named = survivors.get(row.merged_into_id, named)
        if (code := folded(row.code)) in wanted:
            found.codes[code] = named
        if row.credit_code and (code := folded(row.credit_code)) in wanted:
            found.credit_codes[code] = named
        for name in {folded(row.name_zh), folded(row.name_en), folded(row.short_name)} - {""}:
            if name in wanted:
                found.names.setdefault(name, []).append(named)
    return found


def _survivors(viewer: Viewer) -> dict[int, Named]:
    merged = select(Customer.merged_into_id).where(Customer.merged_into_id.is_not(None))
    statement = customers(viewer).where(Customer.id.in_(merged))
    rows = db.session.execute(
        statement.with_only_columns(Customer.id, Customer.code, Customer.kind)
    )
    return {row.id: Named(*row) for row in rows}


def nearest_customers(sought: Sequence[str], viewer: Viewer) -> dict[str, str]:
    """Unknown word → the name of ours that it is nearly."""
    if not sought or len(sought) > MOST_SOUGHT:
        return {}
    names: list[str] = []
    for row in db.session.execute(customers(viewer).with_only_columns(*NAMES)):
        names += filter(None, row)
    near = ((word, nearest(word, names)) for word in sought)
    return {word: name for word, name in near if name is not None}


def staff() -> Vocabulary:
    """Our active people by name and mail address; the value is the user's id as text. Two of one name have none."""
    statement = select(User.id, User.name, User.email)
    rows = db.session.execute(statement.where(User.kind == "staff", User.active.is_(True))).all()
    names: dict[str, list[int]] = {}
    for row in rows:
        names.setdefault(folded(row.name), []).append(row.id)
    found = Vocabulary(shown=[row.name for row in rows])
    found.values = {name: str(ids[0]) for name, ids in names.items() if len(ids) == 1}
    found.values |= {folded(row.email): str(row.id) for row in rows}
    return found


def service_items() -> Vocabulary:
    """Our service items by name and code; what is kept is the name as the catalogue writes it."""
    columns = ServiceItem.code, ServiceItem.name_zh, ServiceItem.name_en
    statement = select(*columns).where(ServiceItem.active.is_(True)).order_by(ServiceItem.id)
    found = Vocabulary()
    for row in db.session.execute(statement.limit(MOST_ITEMS)):
        found.add(filter(None, (row.name_zh, row.name_en)))
        found.values.setdefault(folded(row.code), row.name_zh)
    return found


def item_ids(names: Iterable[str]) -> dict[str, int]:
    """Name of a service item → its id, where it is the only one of that name."""
    found: dict[str, set[int]] = {}
    for some in chunks(sorted(set(names))):
        for column in (ServiceItem.name_zh, ServiceItem.name_en):
            statement = select(column, ServiceItem.id).where(column.in_(some))
            for name, row_id in db.session.execute(statement):
                found.setdefault(name, set()).add(row_id)
    return {name: min(ids) for name, ids in found.items() if len(ids) == 1}


def industries(viewer: Viewer) -> list[str]:
    """The industries that customers of ours are in already."""
    statement = customers(viewer).with_only_columns(Customer.industry).distinct()
    return [word for (word,) in db.session.execute(statement.limit(500)) if word]


def methods() -> Vocabulary:
    """Our sales methods; the value is the method's id as text."""
    rows = words.methods()
    return Vocabulary.coded({str(row.id): (row.name_zh, row.name_en, row.code) for row in rows})


def owner_ids(ids: Iterable[int]) -> dict[int, int]:
    """Customer id → the user id of its owner."""
    found: dict[int, int] = {}
    for some in chunks(sorted(set(ids))):
        statement = select(Assignment.customer_id, Assignment.user_id).where(
            Assignment.customer_id.in_(some), Assignment.part == Part.OWNER
        )
        found |= {row.customer_id: row.user_id for row in db.session.execute(statement)}
    return found


def contact_rows(ids: Iterable[int], viewer: Viewer) -> dict[int, list[Any]]:
    """Customer id → its active contacts as plain rows, the oldest first."""
    found: dict[int, list[Any]] = {}
    columns = [column for column in Contact.__table__.columns]  # noqa: C416
    statement: Select[Any] = select(*columns).where(Contact.active.is_(True))
    for some in chunks(sorted(set(ids))):
        wanted = visible(statement.where(Contact.customer_id.in_(some)), Contact, viewer)
        for row in db.session.execute(wanted.order_by(Contact.id)):
            found.setdefault(row.customer_id, []).append(row)
    return found


def chunks(values: Sequence[Any], size: int = AT_ONCE) -> Iterator[list[Any]]:
    """`values` in pieces that a statement can name."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
