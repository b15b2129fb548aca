"""Reading entitlements and what stands behind them, each select limited to what the viewer may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import defer, joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.catalogue.models import ServiceItem
from portal.contracts.models import Contract, ContractLine, Entitlement, LedgerEntry
from portal.contracts.queries.standing import chains_of
from portal.contracts.rules import chains
from portal.contracts.rules.entitlement_states import COUNTS, LOW_PARTS, SOON
from portal.contracts.rules.kinds import EntryKind
from portal.contracts.rules.projection import LONGER, RECENT, Draws
from portal.contracts.rules.states import ContractState
from portal.customers.models import Customer
from portal.db import whole
from portal.db.base import db
from portal.kernel.pinyin import normalise

COUNTING = tuple(state.value for state in COUNTS)


def entitlements(viewer: Viewer) -> Select[Entitlement]:
    """Every entitlement that the viewer may see, with its item, customer and contract.

    The contract is None where it is a group's and the viewer is at home in the branch alone.
    """
    return visible(select(Entitlement), Entitlement, viewer).options(
        joinedload(Entitlement.item).load_only(
            ServiceItem.code,
            ServiceItem.name_zh,
            ServiceItem.name_en,
            ServiceItem.origin,
            ServiceItem.destination,
        ),
        joinedload(Entitlement.customer).load_only(
            Customer.name_zh, Customer.name_en, Customer.short_name
        ),
        joinedload(Entitlement.contract).load_only(Contract.number, Contract.title),
        defer(Entitlement.search_text),
    )


def entitlement_list(viewer: Viewer) -> Select[Any]:
    """The same with the stored state of the contract, which counts even where the contract is not to be seen."""
    state = whole.looked_up(Contract, "state", Entitlement.contract_id).label("contract_state")
    statement: Any = entitlements(viewer)
    return statement.add_columns(state)


def search(statement: Select[Any], words: str) -> Select[Any]:
    """Narrow by item, contract number or customer: Chinese, pinyin, initials."""
    for word in normalise(words).lower().split():
        statement = statement.where(Entitlement.search_text.contains(word, autoescape=True))
    return statement


def in_force(statement: Select[Any], today: date) -> Select[Any]:
    """Those whose period holds `today`, of contracts that are not over."""
    return statement.where(
        Entitlement.starts_on <= today, Entitlement.ends_on >= today, _counting_contract()
    )


def to_come(statement: Select[Any], today: date) -> Select[Any]:
    """Those whose period has not begun."""
    return statement.where(Entitlement.starts_on > today, _counting_contract())


def past(statement: Select[Any], today: date) -> Select[Any]:
    """Those whose period or contract is over."""
    return statement.where(or_(Entitlement.ends_on < today, ~_counting_contract()))


def low(statement: Select[Any], today: date) -> Select[Any]:
    """In force, with something but little left."""
    few = sum((Entitlement.remaining for _ in range(LOW_PARTS - 1)), Entitlement.remaining)
    return in_force(statement, today).where(
        Entitlement.is_unlimited.is_(False), Entitlement.remaining > 0, few <= Entitlement.granted
    )


def exhausted(statement: Select[Any], today: date) -> Select[Any]:
    """In force, with nothing left."""
    return in_force(statement, today).where(
        Entitlement.is_unlimited.is_(False), Entitlement.remaining <= 0
    )


def expiring(statement: Select[Any], today: date, within: timedelta = SOON) -> Select[Any]:
    """In force, with something left that is lost soon."""
    return in_force(statement, today).where(
        Entitlement.ends_on <= today + within,
        or_(Entitlement.is_unlimited.is_(True), Entitlement.remaining > 0),
    )


def _counting_contract() -> Any:
    """Looked up row by row: a page reads some thirty of them, a list of all contracts is long."""
    return whole.looked_up(Contract, "state", Entitlement.contract_id).in_(COUNTING)


def sees_contract(contract_id: int, viewer: Viewer) -> bool:
    """Whether the viewer may open it: a branch draws from its group's contract without seeing that."""
    statement = visible(select(Contract.id), Contract, viewer).where(Contract.id == contract_id)
    return db.session.scalar(statement) is not None


def contract_state(entitlement: Entitlement) -> ContractState:
    """The stored state of its contract, read past the viewer's reach: a branch's may be its group's contract."""
    contract_id = entitlement.contract_id
    return ContractState(whole.columns_of(Contract, [contract_id], ("state",))[contract_id][0])


def priced_lines(rows: Iterable[Entitlement], day: date) -> dict[int, ContractLine]:
    """Line id of an entitlement → the line of its chain whose price counts on `day`, as far as it is to be seen."""
    found = ((root, chains.price_on(chain, day)) for root, chain in _chains(rows).items())
    return {root: line for root, line in found if line is not None}


def _chains(rows: Iterable[Entitlement]) -> dict[int, list[ContractLine]]:
    wanted = {row.line_id for row in rows}
    return chains_of(wanted) if wanted else {}


def draws(rows: Iterable[Entitlement], today: date) -> dict[int, tuple[Draws, Draws]]:
    """Entitlement id → what was used of it in the last RECENT and the last LONGER days, reversals taken off."""
    wanted = [row.id for row in rows]
    if not wanted:
        return {}
    recent = LedgerEntry.occurred_on > today - timedelta(days=RECENT)
    drawn = LedgerEntry.reverses_id.is_(None)
    statement = (
        select(
            LedgerEntry.entitlement_id,
            func.sum(case((recent, LedgerEntry.used_change), else_=0)).label("recent"),
            func.sum(case((and_(recent, drawn), 1), else_=0)).label("recent_count"),
            func.sum(LedgerEntry.used_change).label("longer"),
            func.sum(case((drawn, 1), else_=0)).label("longer_count"),
        )
        .where(
            LedgerEntry.entitlement_id.in_(wanted),
            LedgerEntry.kind == EntryKind.CONSUME.value,
            LedgerEntry.occurred_on > today - timedelta(days=LONGER),
            LedgerEntry.occurred_on <= today,
        )
        .group_by(LedgerEntry.entitlement_id)
    )
    return {
        row.entitlement_id: (
            Draws(row.recent, row.recent_count),
            Draws(row.longer, row.longer_count),
        )
        for row in db.session.execute(statement)
    }


def entries(entitlement: Entitlement, viewer: Viewer) -> Select[Any]:
    """The ledger of an entitlement: each entry with the name of who made it."""
    statement: Any = select(LedgerEntry, User.name.label("who"))
    of_it = LedgerEntry.entitlement_id == entitlement.id
    named = statement.outerjoin(User, User.id == LedgerEntry.by_id).where(of_it)
    return visible(named, LedgerEntry, viewer)


@dataclass(frozen=True, slots=True)
class Cause:
    """The latest record of one kind that the ledger names, and how many of that kind there are."""

    type: str
    id: int
    label: str
    count: int


def causes(entitlement: Entitlement, viewer: Viewer) -> dict[str, Cause]:
    """Kind of source → its latest record: the bookings, shipments, usage and whatever else is behind its entries."""
    latest = (
        visible(
            select(
                func.max(LedgerEntry.id).label("id"),
                func.count(LedgerEntry.source_id.distinct()).label("many"),
            ),
            LedgerEntry,
            viewer,
        )
        .where(LedgerEntry.entitlement_id == entitlement.id)
        .group_by(LedgerEntry.source_type)
        .subquery()
    )
    statement = select(LedgerEntry, latest.c.many).join(latest, latest.c.id == LedgerEntry.id)
    return {
        row.LedgerEntry.source_type: Cause(
            row.LedgerEntry.source_type,
            row.LedgerEntry.source_id,
            row.LedgerEntry.source_label,
            row.many,
        )
        for row in db.session.execute(statement)
    }
