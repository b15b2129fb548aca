"""What a file of usage is compared with, in few statements however long it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.catalogue.models import ServiceItem
from portal.contracts.models import Contract, ContractLine, Entitlement
from portal.contracts.rules.kinds import Overage
from portal.contracts.rules.ledger import Balance
from portal.contracts.rules.matching import Standing
from portal.contracts.rules.states import ContractState
from portal.customers.models import Customer
from portal.customers.queries import customers
from portal.db import whole
from portal.db.base import db
from portal.kernel.pinyin import normalise
from portal.usage.models import UsageRecord
from portal.usage.rules.accounts import Account, Accounts
from portal.usage.rules.reading import Item

AT_ONCE = 500
SHOWN: tuple[Any, ...] = (
    Entitlement.id, Entitlement.customer_id, Entitlement.contract_id, Entitlement.line_id,
    Entitlement.item_id, Entitlement.period_no, Entitlement.starts_on, Entitlement.ends_on,
    Entitlement.unit, Entitlement.is_unlimited, Entitlement.overage, Entitlement.granted,
    Entitlement.reserved, Entitlement.used, Entitlement.over_used, Entitlement.remaining,
    Entitlement.closed_at, ContractLine.stat_factor, ContractLine.carries_over,
    Contract.state, Contract.ended_on,
)  # fmt: skip


class Recorded(NamedTuple):
    """What a record that is there already says."""

    customer_id: int
    item_code: str
    quantity: Decimal
    unit: str
    used_on: date


def customers_by_word(viewer: Viewer) -> Callable[[str], tuple[int, ...]]:
    """The ids of the customers that a word may mean: a code means one, a name perhaps several."""
    shown = (Customer.id, Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)
    codes: dict[str, tuple[int, ...]] = {}
    names: dict[str, tuple[int, ...]] = {}
    for row in db.session.execute(customers(viewer).with_only_columns(*shown)):
        codes[_word(row.code)] = (row.id,)
        for name in {_word(row.name_zh), _word(row.name_en), _word(row.short_name)} - {""}:
            names[name] = (*names.get(name, ()), row.id)
    return lambda word: codes.get(_word(word)) or names.get(_word(word), ())


def items_by_word() -> Callable[[str], tuple[Item, ...]]:
    """The services that a word may mean, each word looked up once."""
    known: dict[str, tuple[Item, ...]] = {}

    def find(word: str) -> tuple[Item, ...]:
        if word not in known:
            known[word] = _items(ServiceItem.code == word) or _items(
                or_(ServiceItem.name_zh == word, ServiceItem.name_en == word)
            )
        return known[word]

    return find


def bought_by_charge(viewer: Viewer) -> Callable[[int, str], Item | None]:
    """The one service that a charge code stands for among a customer's entitlements, its group's among them."""
    known: dict[int, dict[str, set[Item]]] = {}

    def find(customer_id: int, word: str) -> Item | None:
        if customer_id not in known:
            known[customer_id] = _by_charge(customer_id, viewer)
        found = known[customer_id].get(_word(word), set())
        return next(iter(found)) if len(found) == 1 else None

    return find


def _by_charge(customer_id: int, viewer: Viewer) -> dict[str, set[Item]]:
    owners = {customer_id, *_groups({customer_id}).values()}
    shown = (ServiceItem.charge_code, ServiceItem.id, ServiceItem.code, ServiceItem.main_unit)
    statement: Any = select(*shown).join(Entitlement, Entitlement.item_id == ServiceItem.id)
    statement = visible(statement, Entitlement, viewer)
    found: dict[str, set[Item]] = {}
    for charge, *item in db.session.execute(
        statement.where(Entitlement.customer_id.in_(owners)).distinct()
    ):
        found.setdefault(_word(charge), set()).add(Item(*item))
    return found


def service_words(code: str) -> str:
    """What people call the service of a code, in both languages; the code itself where it is not known."""
    shown = select(ServiceItem.name_zh, ServiceItem.name_en).where(ServiceItem.code == code)
    names = db.session.execute(shown).first() or (code,)
    return " ".join(dict.fromkeys(filter(None, names)))


def recorded(source: str, references: Iterable[str]) -> dict[str, Recorded]:
    """Reference → what is recorded under it already."""
    shown = (
        UsageRecord.reference, UsageRecord.customer_id, UsageRecord.item_code, UsageRecord.quantity,
        UsageRecord.unit, UsageRecord.used_on,
    )  # fmt: skip
    found = {}
    for some in _pieces(references):
        statement = select(*shown).where(
            UsageRecord.source == source, UsageRecord.reference.in_(some)
        )
        found.update({row[0]: Recorded(*row[1:]) for row in db.session.execute(statement)})
    return found


def accounts_of(pairs: set[tuple[int, int]], viewer: Viewer, *, lock: bool = False) -> Accounts:
    """The entitlements that these (customer id, item id) may draw from, a branch's group's among them.

    `lock` holds them until the transaction ends, in id order, so that nobody waits in a ring.
    """
    groups = _groups({customer_id for customer_id, _ in pairs})
    owners = {customer_id for customer_id, _ in pairs} | set(groups.values())
    wanted = pairs | {(groups[c], item) for c, item in pairs if c in groups}
    ids = [
        row.id
        for some in _pieces(sorted(owners))
        for row in db.session.execute(_keys(some, viewer))
        if (row.customer_id, row.item_id) in wanted
    ]
    found = [each for some in _pieces(sorted(ids)) for each in _accounts(some, lock=lock)]
    return Accounts(found, groups)


def ids_by_reference(batch_id: int, after_id: int) -> dict[str, int]:
    """Reference → id of what a batch has written behind `after_id`."""
    statement = select(UsageRecord.reference, UsageRecord.id).where(
        UsageRecord.batch_id == batch_id, UsageRecord.id > after_id
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _items(condition: Any) -> tuple[Item, ...]:
    statement = select(ServiceItem.id, ServiceItem.code, ServiceItem.main_unit).where(condition)
    return tuple(Item(*row) for row in db.session.execute(statement.limit(2)))


def _groups(customer_ids: set[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in _pieces(sorted(customer_ids)):
        parents = whole.columns_of(Customer, some, ("parent_id",))
        found.update({each: parent for each, (parent,) in parents.items() if parent is not None})
    return found


def _keys(owner_ids: Sequence[int], viewer: Viewer) -> Any:
    statement: Any = select(Entitlement.id, Entitlement.customer_id, Entitlement.item_id)
    return visible(statement, Entitlement, viewer).where(Entitlement.customer_id.in_(owner_ids))


def _accounts(ids: Sequence[int], *, lock: bool) -> Iterator[Account]:
    statement = (
        select(*SHOWN)
        .join(ContractLine, ContractLine.id == Entitlement.line_id)
        .join(Contract, Contract.id == Entitlement.contract_id)
        .where(Entitlement.id.in_(ids))
        .order_by(Entitlement.id)
    )
    if lock:
        statement = statement.with_for_update(of=Entitlement)
    return map(_account, db.session.execute(statement))


def _account(row: Any) -> Account:
    left = None if row.is_unlimited else row.remaining
    state, overage = ContractState(row.state), Overage(row.overage)
    standing = Standing(
        row.id, True, row.starts_on, row.ends_on, row.unit, left, overage, state, row.ended_on
    )
    balance = Balance(
        row.unit, row.granted, row.reserved, row.used, row.over_used, row.is_unlimited
    )
    return Account(
        standing, balance, row.customer_id, row.contract_id, row.line_id, row.period_no,
        row.item_id, row.stat_factor, row.carries_over, row.closed_at is not None,
    )  # fmt: skip


def _pieces(values: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(values)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _word(text: str) -> str:
    return normalise(text).casefold()
