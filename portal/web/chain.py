"""The chain from what was offered to what was used, one click for each link, drawn on each record's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, url_for

from portal.access.permissions import Permission
from portal.kernel.text import Text, t

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
