"""What a request that staff open is about: the record from whose page they came, carried along in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g, request

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.billing.models import Statement, StatementLine
from portal.calls.models import Call
from portal.contracts.models import Contract, Entitlement
from portal.kernel.errors import NotFound
from portal.shipments.models import Shipment
from portal.web.chain import CONTRACT, ENTITLEMENT, LINE, SHIPMENT, STATEMENT, ChainLink, linked
from portal.web.stepping import as_id
from portal.web.words import name_of

CARRIED = (
    "customer",
    "call",
    "entitlement",
    "shipment",
    "statement_line",
    "statement",
    "contract",
    "kind",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose it is, the fields of `NewRequest` that it fills, the entitlement that is likely meant, its page."""

    customer_id: int
    link: ChainLink
    names: Mapping[str, Any] = field(default_factory=dict)
    service: int | None = None


def carried() -> dict[str, Any]:
    """The part of the address that says what it is about, kept on the way."""
    return {key: request.args[key] for key in CARRIED if request.args.get(key)}


def subject_named() -> Subject | None:
    """The record that the address names; None where it names none, NotFound for one out of reach."""
    for key, read in READERS.items():
        if request.args.get(key):
            row_id = as_id(request.args[key])
            if row_id is None:
                raise NotFound()
            return read(row_id)
    return None


def call_named() -> Call | None:
    """The call that it was said in; NotFound for one of a customer out of reach."""
    row_id = as_id(request.args.get("call"))
    return load(Call, row_id, g.viewer, P.CALL_SEE) if row_id is not None else None


def _entitlement(row_id: int) -> Subject:
    row = load(Entitlement, row_id, g.viewer, P.ENTITLEMENT_SEE)
    page = "desk_entitlements.show"
    link = linked(ENTITLEMENT, name_of(row.item), page, P.ENTITLEMENT_SEE, entitlement_id=row.id)
    return Subject(row.customer_id, link, service=row.id)


def _shipment(row_id: int) -> Subject:
    row = load(Shipment, row_id, g.viewer, P.SHIPMENT_SEE)
    link = linked(SHIPMENT, row.number, "desk_shipments.show", P.SHIPMENT_SEE, shipment_id=row.id)
    services = [each.entitlement_id for each in row.lines if each.entitlement_id]
    return Subject(row.customer_id, link, {"shipment_id": row.id}, next(iter(services), None))


def _line(row_id: int) -> Subject:
    row = load(StatementLine, row_id, g.viewer, P.STATEMENT_SEE)
    said = f"{row.statement.number} · {name_of(row)}"
    link = linked(LINE, said, "desk_statements.line", P.STATEMENT_SEE, line_id=row.id)
    names = {"statement_line_id": row.id, "statement_id": row.statement_id}
    return Subject(row.customer_id, link, names, row.entitlement_id)


def _statement(row_id: int) -> Subject:
    row = load(Statement, row_id, g.viewer, P.STATEMENT_SEE)
    link = linked(STATEMENT, row.number, "desk_statements.show", P.STATEMENT_SEE, statement_id=row.id)  # fmt: skip
    return Subject(row.customer_id, link, {"statement_id": row.id})


def _contract(row_id: int) -> Subject:
    row = load(Contract, row_id, g.viewer, P.CONTRACT_SEE)
    link = linked(CONTRACT, row.number, "desk_contracts.show", P.CONTRACT_SEE, contract_id=row.id)
    return Subject(row.customer_id, link, {"contract_id": row.id})


READERS: Mapping[str, Callable[[int], Subject]] = {
    "entitlement": _entitlement,
    "shipment": _shipment,
    "statement_line": _line,
    "statement": _statement,
    "contract": _contract,
}
