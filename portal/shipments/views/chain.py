"""The links from a booking or a shipment back to the quotation, and on to the usage."""

from __future__ import annotations

from collections.abc import Iterable

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.contracts.models import Contract, Entitlement
from portal.db.base import db
from portal.quotations.models import QuotationVersion
from portal.shipments.labels import BOOKINGS, SHIPMENTS
from portal.shipments.models import Booking, Shipment
from portal.usage.models import UsageRecord
from portal.web import chain
from portal.web.chain import ChainLink, linked
from portal.web.words import name_of

MOST = 3
"""Records of one kind that the row shows."""


def links(
    door: str,
    entitlements: Iterable[Entitlement | None],
    booking: Booking | None,
    shipment: Shipment | None,
    usage: Iterable[UsageRecord] = (),
    *,
    here: Booking | Shipment,
) -> list[ChainLink]:
    """The whole row as it is seen from behind `door` ("desk" or "my")."""
    rows = list({row.id: row for row in entitlements if row is not None}.values())[:MOST]
    found = _contracts(door, {row.contract_id for row in rows})
    found += [_entitlement(door, row) for row in rows]
    if booking is not None:
        found.append(_booking(door, booking, here is booking))
    if shipment is not None:
        found.append(_shipment(door, shipment, here is shipment))
    return found + [_usage(door, row) for row in list(usage)[:MOST]]


def _booking(door: str, row: Booking, here: bool) -> ChainLink:
    state, values = BOOKINGS[row.state].text, {"booking_id": row.id}
    endpoint = f"{door}_bookings.show"
    return linked(
        chain.BOOKING, row.number, endpoint, P.BOOKING_SEE, here=here, state=state, **values
    )


def _shipment(door: str, row: Shipment, here: bool) -> ChainLink:
    state, values = SHIPMENTS[row.state].text, {"shipment_id": row.id}
    endpoint = f"{door}_shipments.show"
    return linked(
        chain.SHIPMENT, row.number, endpoint, P.SHIPMENT_SEE, here=here, state=state, **values
    )


def _contracts(door: str, ids: set[int]) -> list[ChainLink]:
    """The contracts, each after the quotation that it was made from."""
    statement = visible(select(Contract), Contract, g.viewer).where(Contract.id.in_(ids))
    statement = statement.options(
        joinedload(Contract.quotation_version).joinedload(QuotationVersion.quotation)
    )
    rows = db.session.scalars(statement.order_by(Contract.id)) if ids else ()
    return [link for contract in rows for link in chain.agreed(contract, door)]


def _entitlement(door: str, row: Entitlement) -> ChainLink:
    return linked(
        chain.ENTITLEMENT,
        name_of(row.item),
        f"{door}_entitlements.show",
        P.ENTITLEMENT_SEE,
        entitlement_id=row.id,
    )


def _usage(door: str, row: UsageRecord) -> ChainLink:
    return linked(chain.USAGE, row.reference, f"{door}_usage.show", P.USAGE_SEE, usage_id=row.id)
