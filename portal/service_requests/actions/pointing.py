"""What a request is about: that it is the customer's, that the writer sees it, and which contract stands behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol, TypeVar

from sqlalchemy import select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Statement, StatementLine
from portal.billing.rules.states import CUSTOMER_SEES
from portal.contracts.models import Contract, Entitlement
from portal.customers.models import Customer
from portal.db import whole
from portal.db.base import db
from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t
from portal.service_requests.queries.openable import find
from portal.service_requests.rules.kinds import NO_MATCH_WORDS, NoMatch
from portal.shipments.models import Shipment, ShipmentLine

M = TypeVar("M")
NOT_THERE = t("There is no such record of this customer.")


class Pointing(Protocol):
    """What somebody says that a request is about: ids."""

    @property
    def entitlement_id(self) -> int | None: ...
    @property
    def no_match(self) -> str | None: ...
    @property
    def contract_id(self) -> int | None: ...
    @property
    def shipment_id(self) -> int | None: ...
    @property
    def statement_id(self) -> int | None: ...
    @property
    def statement_line_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Pointed:
    """The same, checked and filled in: an entitlement, or why there is none. `words`: what it may be found by."""

    entitlement_id: int | None = None
    no_match: str | None = None
    contract_id: int | None = None
    shipment_id: int | None = None
    statement_id: int | None = None
    statement_line_id: int | None = None
    words: tuple[str, ...] = ()

    def ids(self) -> dict[str, Any]:
        """As columns of the request."""
        return {
            "entitlement_id": self.entitlement_id, "no_match": self.no_match, "contract_id": self.contract_id,
            "shipment_id": self.shipment_id, "statement_id": self.statement_id,
            "statement_line_id": self.statement_line_id,
        }  # fmt: skip


def pointed(customer: Customer, said: Pointing, actor: Viewer, on: date) -> Pointed:
    """Check what is pointed at and fill in what follows from it; InvalidMany by the names of `Pointing`.

    Everything has to be the customer's own or its group's, and seen by `actor`: what is not is simply not there. An
    entitlement has to be in force on the day; without one a reason is needed, unless the shipment or the statement's
    line shows which it was.
    """
    return _Reading(customer, actor, on).read(said)


class _Reading:
    """One reading; `wrong` collects what is not as it should be, by field."""

    def __init__(self, customer: Customer, actor: Viewer, on: date) -> None:
        self.customer, self.actor, self.on = customer, actor, on
        self.wrong: dict[str, Text] = {}

    def read(self, said: Pointing) -> Pointed:
        shipment = self._row(Shipment, said.shipment_id, "shipment_id", own=True)
        line = self._line(said.statement_line_id)
        statement = self._statement(said.statement_id, line)
        contract = self._row(Contract, said.contract_id, "contract_id")
        lines = self._lines_of(shipment)
        behind = [line.entitlement_id] if line else [each.entitlement_id for each in lines]
        found = self._matched(said, [each for each in behind if each])
        from_line = line.contract_id if line else None
        found = replace(
            found,
            contract_id=self._contract(contract, found.contract_id, from_line, behind),
            shipment_id=shipment.id if shipment else None,
            statement_id=statement.id if statement else None,
            statement_line_id=line.id if line else None,
            words=(*found.words, *_words(shipment, statement, line, contract)),
        )
        if self.wrong:
            raise InvalidMany(self.wrong)
        return found

    def _row(self, model: type[M], row_id: int | None, field: str, *, own: bool = False) -> M | None:  # fmt: skip
        """A row of the customer (or its group, unless `own`) that the actor sees."""
        if row_id is None:
            return None
        entity: Any = model
        holders = {self.customer.id, None if own else self.customer.parent_id}
        statement = visible(select(entity), entity, self.actor).where(entity.id == row_id)
        found: Any = db.session.scalar(statement)
        if found is None or found.customer_id not in holders:
            self.wrong[field] = NOT_THERE
            return None
        return found

    def _line(self, line_id: int | None) -> StatementLine | None:
        line = self._row(StatementLine, line_id, "statement_line_id")
        if line is not None and self._is_hidden(line.statement):
            self.wrong["statement_line_id"] = NOT_THERE
            return None
        return line

    def _statement(self, statement_id: int | None, line: StatementLine | None) -> Statement | None:
        if statement_id is None:
            return line.statement if line else None
        row = self._row(Statement, statement_id, "statement_id")
        if row is not None and (self._is_hidden(row) or (line and line.statement_id != row.id)):
            self.wrong["statement_id"] = NOT_THERE
        return row

    def _is_hidden(self, statement: Statement) -> bool:
        """A customer knows nothing of a statement before it is published."""
        return self.actor.kind == "customer" and statement.state not in CUSTOMER_SEES

    def _lines_of(self, shipment: Shipment | None) -> list[ShipmentLine]:
        return [] if shipment is None else list(shipment.lines)

    def _matched(self, said: Pointing, behind: Iterable[int]) -> Pointed:
        if said.entitlement_id is not None:
            return self._named(said.entitlement_id)
        if said.no_match is not None:
            if said.no_match not in set(NoMatch):
                self.wrong["no_match"] = t("Choose a reason.")
            return Pointed(no_match=said.no_match)
        if said.shipment_id is None and said.statement_line_id is None:
            text = t("Choose what was bought, or say why none of it fits.")
            self.wrong["no_match"] = text
        return self._shown_by(sorted(set(behind)))

    def _named(self, entitlement_id: int) -> Pointed:
        one = find(entitlement_id, self.customer.id, self.actor, self.on)
        if one is None:
            self.wrong["entitlement_id"] = NOT_THERE
            return Pointed()
        if one.obstacle is not None:
            text = t("This cannot be chosen: %(why)s.", why=NO_MATCH_WORDS[one.obstacle])
            self.wrong["entitlement_id"] = text
        row = one.entitlement
        return Pointed(row.id, None, row.contract_id, words=(one.name_zh, one.name_en))

    def _shown_by(self, ids: list[int]) -> Pointed:
        """The one entitlement that the shipment or the statement's line drew from, when it is in force still."""
        seen = [find(each, self.customer.id, self.actor, self.on) for each in ids]
        known = [each for each in seen if each is not None]
        usable = [each for each in known if each.obstacle is None]
        if len(usable) == 1:
            row = usable[0].entitlement
            return Pointed(
                row.id, None, row.contract_id, words=(usable[0].name_zh, usable[0].name_en)
            )
        why = known[0].obstacle if len(known) == 1 else None
        return Pointed(no_match=(why or NoMatch.UNKNOWN).value)

    def _contract(
        self, said: Contract | None, of_match: int | None, of_line: int | None, behind: list[int | None]
    ) -> int | None:  # fmt: skip
        if said is not None and of_match is not None and said.id != of_match:
            self.wrong["contract_id"] = t("What was chosen belongs to another contract.")
        if said is not None or of_match is not None or of_line is not None:
            return said.id if said is not None else of_match or of_line
        ids = {each for each in behind if each is not None}
        contracts = {row[0] for row in whole.columns_of(Entitlement, ids, ("contract_id",)).values()}  # fmt: skip
        return contracts.pop() if len(contracts) == 1 else None


def _words(
    shipment: Shipment | None, statement: Statement | None, line: StatementLine | None, contract: Contract | None
) -> list[str]:  # fmt: skip
    found: list[str | None] = []
    if shipment is not None:
        found += [shipment.number, shipment.customer_reference, shipment.bill_number]
    found += [each.number for each in (statement, contract) if each is not None]
    found += [line.reference] if line is not None else []
    return [each for each in found if each]
