"""What a new request is about: the record from whose page somebody came, carried along in the address.

`?entitlement=`, `?shipment=`, `?statement_line=`, `?statement=`, `?contract=` name a record that the viewer sees;
`?storage=1&from=&until=` a span of stock days. Nothing is kept between the pages but the address itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import current_app, g, request, url_for
from sqlalchemy.orm import joinedload

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.billing.models import Statement
from portal.billing.queries import statements
from portal.billing.rules.states import CUSTOMER_SEES
from portal.contracts.models import Contract, Entitlement
from portal.customers.models import Customer
from portal.kernel.errors import NotFound
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.shipments.models import Shipment
from portal.warehouse.models import Warehouse
from portal.web.chain import CONTRACT, ENTITLEMENT, SHIPMENT, STATEMENT, STOCK
from portal.web.filters import day, money, quantity
from portal.web.words import name_of, say

CARRIED = (
    "entitlement", "shipment", "statement_line", "statement", "contract", "storage",
    "from", "until", "warehouse", "customer",
)  # fmt: skip
LONGEST_ID = 10


@dataclass(frozen=True, slots=True)
class Subject:
    """What it is: a picture, the kind of record, its name, some facts, its page.

    `names` are the fields of `NewRequest` that it fills; `service` the entitlement that is likely meant.
    """

    icon: str
    kind: Text
    title: str
    customer_id: int
    url: str
    facts: tuple[tuple[Text, Any], ...] = ()
    names: Mapping[str, Any] = field(default_factory=dict)
    service: int | None = None
    opening: Text | None = None
    """A first line to begin with."""


def carried() -> dict[str, Any]:
    """The part of the address that says what it is about, to be kept on the way."""
    return {key: request.args[key] for key in CARRIED if request.args.get(key)}


def subject_named() -> Subject | None:
    """What the address names; None where it names nothing, NotFound for what the viewer does not see."""
    for key, read in _READERS.items():
        typed = request.args.get(key, "")
        if typed:
            if not typed.isdecimal() or len(typed) > LONGEST_ID:
                raise NotFound()
            return read(int(typed))
    return None


def customer_for(subject: Subject | None) -> Customer:
    """Whose request it will be: the record's owner, the one that the address names, else the viewer's own."""
    wanted = subject.customer_id if subject else request.args.get("customer", type=int)
    row_id = wanted or g.viewer.customer_id
    if row_id is None:
        raise NotFound()
    return load(Customer, row_id, g.viewer, P.REQUEST_RAISE)


def _entitlement(row_id: int) -> Subject:
    together = joinedload(Entitlement.item), joinedload(Entitlement.contract)
    row = load(Entitlement, row_id, g.viewer, P.ENTITLEMENT_SEE, options=together)
    unit = say(unit_word(row.unit))
    left = t("no limit") if row.is_unlimited else f"{quantity(row.remaining)} {unit}"
    return Subject(
        "pie-chart", ENTITLEMENT, name_of(row.item), row.customer_id,
        url_for("my_entitlements.show", entitlement_id=row.id),
        ((t("What is left"), left), (t("Until"), day(row.ends_on)),
         (t("Contract"), row.contract.number if row.contract else "")),
        service=row.id,
    )  # fmt: skip


def _shipment(row_id: int) -> Subject:
    row = load(Shipment, row_id, g.viewer, P.SHIPMENT_SEE)
    services = [line.entitlement_id for line in row.lines if line.entitlement_id]
    return Subject(
        "truck", SHIPMENT, row.number, row.customer_id,
        url_for("my_shipments.show", shipment_id=row.id),
        ((t("Goods"), row.goods), (t("Your reference"), row.customer_reference),
         (t("Due"), day(row.due_on) if row.due_on else "")),
        {"shipment_id": row.id}, services[0] if services else None,
        t("About shipment %(number)s", number=row.number),
    )  # fmt: skip


def _line(row_id: int) -> Subject:
    if not g.viewer.may(P.STATEMENT_SEE):
        raise NotFound()
    row = statements.line(row_id, g.viewer)
    bill = row.statement
    return Subject(
        "receipt", t("Line of a statement"), name_of(row), bill.customer_id,
        url_for("my_statements.line", line_id=row.id),
        ((t("Statement"), bill.number), (t("Line"), str(row.serial)), (t("Reference"), row.reference),
         (t("Amount with tax"), money(row.gross_amount, bill.currency))),
        {"statement_line_id": row.id, "statement_id": bill.id}, row.entitlement_id,
        t("About line %(line)s of %(number)s", line=row.serial, number=bill.number),
    )  # fmt: skip


def _statement(row_id: int) -> Subject:
    row = load(Statement, row_id, g.viewer, P.STATEMENT_SEE)
    if row.state not in CUSTOMER_SEES:
        raise NotFound()
    return Subject(
        "receipt", STATEMENT, row.number, row.customer_id,
        url_for("my_statements.show", statement_id=row.id),
        ((t("Period"), f"{day(row.starts_on)} – {day(row.ends_on)}"),
         (t("Amount with tax"), money(row.gross_amount, row.currency))),
        {"statement_id": row.id}, opening=t("About statement %(number)s", number=row.number),
    )  # fmt: skip


def _contract(row_id: int) -> Subject:
    row = load(Contract, row_id, g.viewer, P.CONTRACT_SEE)
    return Subject(
        "file-earmark-check", CONTRACT, row.number, row.customer_id,
        url_for("my_contracts.show", contract_id=row.id),
        ((t("Title"), row.title), (t("Last day"), day(row.ends_on))),
        {"contract_id": row.id}, opening=t("About contract %(number)s", number=row.number),
    )  # fmt: skip


def _storage(_said: int) -> Subject:
    owner = customer_for(None)
    if not g.viewer.may(P.STOCK_SEE):
        raise NotFound()
    first, last = _day("from"), _day("until")
    place = _warehouse()
    span = f"{day(first) if first else '…'} – {day(last) if last else '…'}"
    kept = {
        "warehouse_id": place.id if place else None,
        "from": first.isoformat() if first else None, "until": last.isoformat() if last else None,
    }  # fmt: skip
    return Subject(
        "box-seam", STOCK, span, owner.id, url_for("my_warehouse.index", customer=owner.id),
        ((t("Customer"), name_of(owner)), (t("Warehouse"), name_of(place) if place else "")),
        {"context": {"storage": kept}}, opening=t("About our stock, %(span)s", span=span),
    )  # fmt: skip


def _warehouse() -> Warehouse | None:
    named = request.args.get("warehouse", type=int)
    return None if named is None else load(Warehouse, named, g.viewer, P.STOCK_SEE)


def _day(key: str) -> date | None:
    """A day of the address; None for what is none."""
    try:
        return date.fromisoformat(request.args.get(key, ""))
    except ValueError:
        return None


_READERS: Mapping[str, Callable[[int], Subject]] = {
    "entitlement": _entitlement,
    "statement_line": _line,
    "statement": _statement,
    "shipment": _shipment,
    "contract": _contract,
    "storage": _storage,
}


def claim_address() -> str | None:
    """Where a claim is made, with what it is about; None while that room is closed."""
    if "my_claims.new" not in current_app.view_functions or not g.viewer.may(P.REQUEST_RAISE):
        return None
    return url_for("my_claims.new", **carried())
