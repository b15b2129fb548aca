"""What is agreed with everybody whose charges one party settles, read in a handful of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.rules.parties import party_of
from portal.contracts.models import Amendment, Contract, ContractLine, Entitlement
from portal.contracts.rules import chains
from portal.contracts.rules.states import AmendmentState, ContractState
from portal.customers.models import Customer, SettlementTerms
from portal.customers.rules.settlement import SettlementKind
from portal.db.base import db

COUNTS = (
    ContractState.ACTIVE.value,
    ContractState.SUSPENDED.value,
    ContractState.COMPLETED.value,
    ContractState.EXPIRED.value,
    ContractState.TERMINATED.value,
)
"""States of contracts that were in force at some time: what they say is billed, storage also while suspended."""


class Served(NamedTuple):
    """Somebody whose charges the party may settle."""

    id: int
    parent_id: int | None
    billing: str
    name_zh: str
    name_en: str


class Agreed(NamedTuple):
    """A contract as far as bills are concerned."""

    id: int
    number: str
    customer_id: int
    payer_id: int | None
    state: str
    starts_on: date
    ends_on: date
    ended_on: date | None

    @property
    def last_on(self) -> date:
        """The last day under contract."""
        return self.ends_on if self.ended_on is None else min(self.ends_on, self.ended_on)


class Right(NamedTuple):
    """An entitlement as far as bills are concerned."""

    id: int
    customer_id: int
    contract_id: int
    line_id: int
    period_no: int
    starts_on: date
    ends_on: date
    unit: str
    is_unlimited: bool
    granted: Decimal
    used: Decimal
    over_used: Decimal
    remaining: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """How the party is billed: its settlement terms, or what the columns say without any."""

    kind: str = SettlementKind.MONTHLY.value
    currency: str = "CNY"
    one_currency: bool = True
    rate_rule: str = "statement_day"
    agreed_rates: Mapping[str, Any] = field(default_factory=dict)
    late_fee_percent: Decimal = Decimal(0)


LINE = (
    "id", "contract_id", "root_id", "branch_id", "item_id", "name_zh", "name_en", "quantity", "unit", "main_unit",
    "stat_factor", "allowance", "currency", "discount_percent", "price_terms", "storage_policy", "tax_class",
    "tax_inclusive", "overage", "overage_terms", "carries_over", "charges_shortfall", "from_on", "until_on", "is_end",
)  # fmt: skip
LineRow = Any
"""A row of the LINE columns of a contract line; `contracts.rules.chains` reads it like the line itself."""


@dataclass(slots=True)
class Books:
    """One party: whom it may settle for, their contracts, the agreed lines of these by root, what they granted."""

    party_id: int
    language: str
    terms: Terms
    served: dict[int, Served]
    contracts: dict[int, Agreed]
    lines: dict[int, list[LineRow]]
    rights: dict[int, Right]
    _settles: dict[tuple[int, int | None], bool] = field(default_factory=dict)

    def settles(self, served_id: int, contract_id: int | None) -> bool:
        """Whether a charge of this contract for that customer is the party's."""
        key = served_id, contract_id
        known = self._settles.get(key)
        if known is None:
            contract = self.contracts.get(contract_id or 0)
            served = self.served.get(served_id)
            payer = contract.payer_id if contract is not None else None
            known = self._settles[key] = (
                served is not None and party_of(served, payer) == self.party_id
            )
        return known

    def owner_of(self, line: LineRow) -> int:
        """Whom a contract line serves where nobody drew it: its branch, else the contract's customer."""
        return int(line.branch_id or self.contracts[line.contract_id].customer_id)

    def settled_chains(self) -> Iterable[tuple[int, list[LineRow]]]:
        """(root id, lines) of the chains whose undrawn charges the party settles."""
        for root_id, chain in self.lines.items():
            if self.settles(self.owner_of(chain[0]), chain[0].contract_id):
                yield root_id, chain


def books_of(party_id: int, viewer: Viewer) -> Books:
    """The party's books; its branches', and those of the customers whose contracts it pays, among them."""
    payees = _payees(party_id, viewer)
    served = {each.id: each for each in _served(party_id, payees, viewer)}
    groups = {each.parent_id for each in served.values() if each.parent_id is not None}
    owners = {*served, *groups}
    contracts = {each.id: each for each in _contracts(owners, viewer)}
    language, terms = _terms(party_id, viewer)
    return Books(
        party_id, language, terms, served, contracts, _lines(contracts, viewer), _rights(owners, viewer)
    )  # fmt: skip


def books_of_contracts(party_id: int, contract_ids: Iterable[int], viewer: Viewer) -> Books:
    """The books of these contracts, whoever settles them today: to prove what was billed."""
    wanted = sorted(set(contract_ids))
    columns = (getattr(Contract, name) for name in Agreed._fields)
    statement = visible(select(*columns), Contract, viewer).where(Contract.id.in_(wanted))
    contracts = {row[0]: Agreed(*row) for row in db.session.execute(statement)}
    language, terms = _terms(party_id, viewer)
    lines = _lines(contracts, viewer)
    owners = {each.branch_id for chain in lines.values() for each in chain if each.branch_id}
    owners |= {each.customer_id for each in contracts.values()}
    served = {each.id: each for each in _served(party_id, owners, viewer)}
    rights = _rights_where(Entitlement.contract_id.in_(wanted), viewer)
    return Books(party_id, language, terms, served, contracts, lines, rights)


def _payees(party_id: int, viewer: Viewer) -> set[int]:
    """The customers of whose contracts the party is the payer."""
    statement = visible(select(Contract.customer_id), Contract, viewer)
    return set(db.session.scalars(statement.where(Contract.payer_id == party_id)))


def _served(party_id: int, payees: set[int], viewer: Viewer) -> Iterable[Served]:
    wanted = sorted({party_id, *payees})
    columns = (
        Customer.id,
        Customer.parent_id,
        Customer.billing,
        Customer.name_zh,
        Customer.name_en,
    )
    statement = visible(select(*columns), Customer, viewer)
    mine = or_(Customer.id.in_(wanted), Customer.parent_id.in_(wanted))
    return [Served(*row) for row in db.session.execute(statement.where(mine))]


def _contracts(owners: Iterable[int], viewer: Viewer) -> Iterable[Agreed]:
    columns = (getattr(Contract, name) for name in Agreed._fields)
    statement = visible(select(*columns), Contract, viewer).where(
        Contract.customer_id.in_(sorted(owners)), Contract.state.in_(COUNTS)
    )
    return [Agreed(*row) for row in db.session.execute(statement)]


def _lines(contracts: Iterable[int], viewer: Viewer) -> dict[int, list[LineRow]]:
    wanted = sorted(contracts)
    if not wanted:
        return {}
    statement = (
        visible(select(*(getattr(ContractLine, name) for name in LINE)), ContractLine, viewer)
        .outerjoin(Amendment, Amendment.id == ContractLine.amendment_id)
        .where(
            ContractLine.contract_id.in_(wanted),
            or_(
                ContractLine.amendment_id.is_(None),
                Amendment.state == AmendmentState.IN_FORCE.value,
            ),
        )
        .order_by(ContractLine.from_on, ContractLine.id)
    )
    return chains.chains(db.session.execute(statement).all())


def _rights(owners: Iterable[int], viewer: Viewer) -> dict[int, Right]:
    return _rights_where(Entitlement.customer_id.in_(sorted(owners)), viewer)


def _rights_where(criterion: ColumnElement[bool], viewer: Viewer) -> dict[int, Right]:
    columns = (getattr(Entitlement, name) for name in Right._fields)
    statement = visible(select(*columns), Entitlement, viewer).where(criterion)
    return {row[0]: Right(*row) for row in db.session.execute(statement)}


def _terms(party_id: int, viewer: Viewer) -> tuple[str, Terms]:
    """The language of the party's documents, and its settlement terms."""
    T = SettlementTerms
    columns = (T.kind, T.currency, T.one_currency, T.rate_rule, T.agreed_rates, T.late_fee_percent)
    statement = visible(select(Customer.document_language, *columns), Customer, viewer)
    row = db.session.execute(
        statement.outerjoin(T, T.customer_id == Customer.id).where(Customer.id == party_id)
    ).one()
    return row[0], Terms() if row[1] is None else Terms(*row[1:])
