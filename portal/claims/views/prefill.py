"""What a new claim is about, as the page that led to it says: a shipment, a statement line, a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import g, request

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.billing.models import StatementLine
from portal.billing.rules.states import CUSTOMER_SEES
from portal.claims.views.door import LONGEST_ID
from portal.customers.models import Customer
from portal.kernel.errors import NotFound
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.clock_kinds import Mode
from portal.shipments.models import Shipment

MODES = {"sea_fcl": Mode.SEA, "sea_lcl": Mode.SEA, "delivery": Mode.ROAD}
NAMES = ("shipment", "statement_line", "request", "customer_id", "customer")


@dataclass(slots=True)
class About:
    """What the claim is about. `values` fill the form in; `ids` go with it; `told`: (kind, label) for the page."""

    customer_id: int | None = None
    ids: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)

    @property
    def kept(self) -> dict[str, int]:
        """What the form's address carries on."""
        return {name: number for name in NAMES if (number := _address(name)) is not None}


def _address(name: str) -> int | None:
    """The id that the address names, never one that a form's field carries."""
    typed = request.args.get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) <= LONGEST_ID else None


def about() -> About:
    """What this address names, as far as the viewer sees it; NotFound for the rest."""
    found = About()
    if (request_id := _address("request")) is not None:
        _of_request(found, load(ServiceRequest, request_id, g.viewer, P.REQUEST_SEE))
    if (line_id := _address("statement_line")) is not None:
        _of_line(found, load(StatementLine, line_id, g.viewer, P.STATEMENT_SEE))
    if (shipment_id := _address("shipment")) is not None:
        _of_shipment(found, load(Shipment, shipment_id, g.viewer, P.SHIPMENT_SEE))
    customer_id = _address("customer_id") or _address("customer")
    if found.customer_id is None and customer_id is not None:
        found.customer_id = load(Customer, customer_id, g.viewer, P.REQUEST_RAISE).id
    return found


def _of_request(found: About, row: ServiceRequest) -> None:
    found.customer_id = row.customer_id
    found.ids |= {
        "request_id": row.id, "shipment_id": row.shipment_id, "statement_line_id": row.statement_line_id,
        "contract_id": row.contract_id,
    }  # fmt: skip
    found.values["text"] = row.text[:2000]
    found.told.append(("request", row.number))
    if row.shipment is not None:
        _facts(found, row.shipment)


def _of_line(found: About, row: StatementLine) -> None:
    if g.viewer.kind == "customer" and row.statement.state not in CUSTOMER_SEES:
        raise NotFound()
    found.customer_id = found.customer_id or row.served_id
    found.ids |= {"statement_line_id": row.id, "contract_id": row.contract_id}
    found.values |= {"currency": row.statement.currency, "freight_amount": row.gross_amount}
    found.told.append(("line", f"{row.statement.number} / {row.serial}"))
    if row.shipment_id is not None and g.viewer.may(P.SHIPMENT_SEE):
        _of_shipment(found, load(Shipment, row.shipment_id, g.viewer, P.SHIPMENT_SEE))


def _of_shipment(found: About, row: Shipment) -> None:
    found.customer_id = found.customer_id or row.customer_id
    found.ids["shipment_id"] = row.id
    found.told.append(("shipment", row.number))
    _facts(found, row)


def _facts(found: About, row: Shipment) -> None:
    mode = MODES.get(row.category, row.category)
    found.values |= {
        "waybill": row.bill_number, "packages": row.pieces, "gross_kg": row.weight_kg,
        "mode": str(mode) if mode in set(Mode) else Mode.OTHER.value, "in_container": bool(row.boxes),
    }  # fmt: skip
