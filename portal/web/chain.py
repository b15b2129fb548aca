"""The chain from what was offered to what was used, one click for each link, drawn on each record's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, url_for

from portal.access.permissions import Permission
from portal.kernel.text import Text, t

ITEM = t("Service item")
QUOTATION = t("Quotation")
CONTRACT = t("Contract")
ENTITLEMENT = t("Entitlement")
BOOKING = t("Booking")
SHIPMENT = t("Shipment")
USAGE = t("Usage")
STOCK = t("Stock")
STATEMENT = t("Statement")
LINE = t("Line")
DISPUTE = t("Dispute")
REQUEST = t("Service request")
CLAIM = t("Claim")
CREDIT = t("Credit")


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One record of the chain: what it is, how it is called, where it is.

    `here` marks the record whose page this is; without a `url` the viewer reads its name only.
    """

    kind: Text
    label: str
    url: str | None = None
    here: bool = False
    state: Text | None = None


def linked(
    kind: Text,
    label: str,
    endpoint: str,
    permission: Permission,
    *,
    here: bool = False,
    state: Text | None = None,
    **values: Any,
) -> ChainLink:
    """A link with its address where the room is open and this viewer holds `permission`."""
    url = None if here else reached(endpoint, permission, **values)
    return ChainLink(kind, label, url, here, state)


def reached(endpoint: str, permission: Permission, **values: Any) -> str | None:
    """The address of `endpoint`; None where the room is closed or this viewer lacks `permission`."""
    is_open = endpoint in current_app.view_functions and g.viewer.may(permission)
    return url_for(endpoint, **values) if is_open else None


def sold(item: Any) -> list[ChainLink]:
    """The service item at the row's beginning; customers have no page of it and know it as their entitlement."""
    if item is None or not g.viewer.is_staff:
        return []
    return [
        linked(ITEM, item.code, "desk_catalogue.item", Permission.CATALOGUE_SEE, item_id=item.id)
    ]


def agreed(contract: Any, door: str) -> list[ChainLink]:
    """The quotation where there was one, and the contract made from it, behind `door` ("desk" or "my")."""
    if contract is None:
        return []
    version = contract.quotation_version
    quotation = version.quotation if version is not None else None
    found = []
    if quotation is not None:
        found.append(
            linked(QUOTATION, quotation.number, f"{door}_quotations.show", Permission.QUOTATION_SEE,
                   quotation_id=quotation.id)
        )  # fmt: skip
    number, endpoint = contract.number, f"{door}_contracts.show"
    see = Permission.CONTRACT_SEE
    return [*found, linked(CONTRACT, number, endpoint, see, contract_id=contract.id)]


def carried(shipment: Any, door: str) -> list[ChainLink]:
    """The booking where there was one, and its shipment."""
    if shipment is None:
        return []
    booking, found = shipment.booking, []
    if booking is not None:
        found.append(
            linked(BOOKING, booking.number, f"{door}_bookings.show", Permission.BOOKING_SEE, booking_id=booking.id)
        )  # fmt: skip
    number, endpoint = shipment.number, f"{door}_shipments.show"
    see = Permission.SHIPMENT_SEE
    return [*found, linked(SHIPMENT, number, endpoint, see, shipment_id=shipment.id)]


def claimed(claim: Any, door: str, *, here: bool = False) -> list[ChainLink]:
    """What a claim is about, the request that tells it, and the claim; `here`: it is the claim's own page."""
    found = [*agreed(claim.contract, door), *carried(claim.shipment, door)]
    row, request = claim.statement_line, claim.request
    if row is not None:
        label, endpoint = f"{row.statement.number} / {row.serial}", f"{door}_statements.line"
        found.append(linked(LINE, label, endpoint, Permission.STATEMENT_SEE, line_id=row.id))
    found.append(
        linked(REQUEST, request.number, f"{door}_requests.show", Permission.REQUEST_SEE, request_id=request.id)
    )  # fmt: skip
    see, named = Permission.CLAIM_SEE, {"claim_id": claim.id}
    return [*found, linked(CLAIM, claim.number, f"{door}_claims.show", see, here=here, **named)]
