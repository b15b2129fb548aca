"""The events that other systems may hear of, in words, and what each of them tells: an allow-list, field by field.

An event comes from one or several entries of the history (portal/db/audit.py). `facts` are taken out of what the entry
says was new, `fields` out of the record itself; nothing else ever leaves. What only the house may know stands under
`house_facts`, and an event that is not `for_customers` is never told to an endpoint of one customer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.kernel.text import Text, t


@dataclass(frozen=True, slots=True)
class HookEvent:
    """One event. `mark`: only entries whose new `notice` begins with it.

    `is_public_notice`: the customer gets a mail about it, though its entry of the history is the house's own.
    """

    name: str
    words: Text
    entries: tuple[str, ...]
    facts: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    house_facts: tuple[str, ...] = ()
    tells_reason: bool = False
    for_customers: bool = True
    is_public_notice: bool = False
    mark: str = ""

    def comes_from(self, entry: str, after: Mapping[str, Any] | None) -> bool:
        """Whether this entry of the history is the event."""
        if entry not in self.entries:
            return False
        return not self.mark or str((after or {}).get("notice", "")).startswith(self.mark)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about: its word, the column that names it, and its page behind either door."""

    words: Text
    number: str
    desk: str
    my: str = ""

    def path(self, row_id: int, for_customer: bool) -> str | None:
        """The address of its page below the portal's own; None where customers have none."""
        root = self.my if for_customer else self.desk
        return f"{root}/{row_id}" if root else None


SUBJECTS: dict[str, Subject] = {
    "booking": Subject(t("Booking"), "number", "/desk/bookings", "/my/bookings"),
    "claim": Subject(t("Claim"), "number", "/desk/claims", "/my/claims"),
    "contract": Subject(t("Contract"), "number", "/desk/contracts", "/my/contracts"),
    "customer": Subject(t("Customer"), "code", "/desk/customers"),
    "dispute": Subject(t("Dispute"), "number", "/desk/disputes", "/my/disputes"),
    "entitlement": Subject(t("Entitlement"), "id", "/desk/entitlements", "/my/entitlements"),
    "invoice": Subject(t("Invoice"), "number", "/desk/invoices", "/my/invoices"),
    "opportunity": Subject(t("Opportunity"), "number", "/desk/opportunities"),
    "quotation": Subject(t("Quotation"), "number", "/desk/quotations", "/my/quotations"),
    "receipt": Subject(t("Receipt"), "number", "/desk/receipts"),
    "service_request": Subject(t("Service request"), "number", "/desk/requests", "/my/requests"),
    "shipment": Subject(t("Shipment"), "number", "/desk/shipments", "/my/shipments"),
    "statement": Subject(t("Statement"), "number", "/desk/statements", "/my/statements"),
    "user": Subject(t("User"), "id", "/desk/staff"),
}

_STATEMENT = ("currency", "starts_on", "ends_on", "revision_no")
_CONTRACT = ("title", "starts_on", "ends_on")
_REQUEST = ("title", "kind", "severity", "state")
_ENTITLEMENT = ("unit", "granted", "remaining", "ends_on")
_BOOKING = ("customer_reference", "origin", "destination", "ready_on")
_SHIPMENT = ("customer_reference", "origin", "destination")

CATALOGUE: tuple[HookEvent, ...] = (
    HookEvent("quotation.issued", t("Quotation issued"), ("quotation.issued",), ("version",),
              ("title", "origin", "destination", "valid_until", "total_amount", "total_currency")),
    HookEvent("quotation.accepted", t("Quotation accepted"), ("quotation.accepted",), ("version", "option"),
              ("title", "total_amount", "total_currency"), ("name",)),
    HookEvent("quotation.declined", t("Quotation declined"), ("quotation.declined",), ("version",), ("title",),
              ("name",), tells_reason=True),
    HookEvent("contract.active", t("Contract in force"), ("contract.activated",), (), _CONTRACT, ("entitlements",)),
    HookEvent("contract.suspended", t("Contract suspended"), ("contract.suspended",), (), _CONTRACT),
    HookEvent("contract.ended", t("Contract completed or terminated"), ("contract.completed", "contract.terminated"),
              ("ended_on",), _CONTRACT, ("still_held",)),
    HookEvent("entitlement.low", t("Entitlement running low"), ("entitlement.noticed",), (), _ENTITLEMENT,
              is_public_notice=True, mark="low:"),
    HookEvent("entitlement.exhausted", t("Entitlement used up"), ("entitlement.noticed",), (), _ENTITLEMENT,
              is_public_notice=True, mark="exhausted:"),
    HookEvent("entitlement.expiring", t("Entitlement ending soon"), ("entitlement.noticed",), (), _ENTITLEMENT,
              is_public_notice=True, mark="expiring:"),
    HookEvent("booking.made", t("Booking made"), ("booking.requested",), ("lines",), _BOOKING),
    HookEvent("booking.confirmed", t("Booking confirmed"), ("booking.confirmed",), ("shipment",), _BOOKING),
    HookEvent("booking.ended", t("Booking refused or cancelled"), ("booking.refused", "booking.cancelled"), (),
              ("state", *_BOOKING)),
    HookEvent("shipment.milestone", t("Milestone of a shipment"), ("shipment.milestone",),
              ("code", "planned", "actual", "place"), _SHIPMENT),
    HookEvent("shipment.completed", t("Shipment completed"), ("shipment.completed",), ("on", "done"), _SHIPMENT),
    HookEvent("statement.published", t("Statement published"), ("statement.published",), ("gross", "due_on", "lines"),
              _STATEMENT),
    HookEvent("statement.revised", t("Statement revised"), ("statement.revised",), ("gross",), _STATEMENT),
    HookEvent("statement.confirmed", t("Statement confirmed"), ("statement.confirmed",), ("amount",), _STATEMENT),
    HookEvent("statement.deemed_confirmed", t("Statement deemed confirmed"), ("statement.deemed_confirmed",),
              ("lines", "last_day"), _STATEMENT),
    HookEvent("statement.disputed", t("Statement disputed"), ("dispute.raised", "dispute.raised_for"),
              ("statement", "reason", "amount"), ("currency", "state"), ("line",), tells_reason=True),
    HookEvent("dispute.decided", t("Dispute decided"),
              ("dispute.accepted", "dispute.partly_accepted", "dispute.rejected"), (),
              ("state", "currency", "disputed_amount", "granted_amount")),
    HookEvent("invoice.registered", t("Invoice registered"), ("invoice.registered",), ("gross", "statements"),
              ("currency", "issued_on")),
    HookEvent("receipt.recorded", t("Payment received"), ("receipt.recorded",), ("amount", "currency"),
              ("received_on",)),
    HookEvent("request.opened", t("Service request opened"), ("request.opened",), (), _REQUEST),
    HookEvent("request.replied", t("Service request answered"), ("request.replied",), (), _REQUEST),
    HookEvent("request.customer_wrote", t("Customer wrote about a service request"), ("request.customer_wrote",), (),
              _REQUEST),
    HookEvent("request.resolved", t("Service request resolved"), ("request.resolved",), (), _REQUEST),
    HookEvent("request.reopened", t("Service request opened again"), ("request.reopened",), (), _REQUEST),
    HookEvent("request.closed", t("Service request closed"), ("request.closed",), (), _REQUEST),
    HookEvent("request.overdue", t("Clock of a service request ran out"), ("clock.breached",), (), _REQUEST,
              for_customers=False),
    HookEvent("claim.filed", t("Claim filed"), ("claim.filed",), (), ("loss", "state")),
    HookEvent("claim.credited", t("Claim credited"), ("claim.credited",), ("credit", "amount"), ("loss",)),
    HookEvent("opportunity.won", t("Opportunity won"), ("opportunity.won",), (), ("title",), for_customers=False),
    HookEvent("opportunity.lost", t("Opportunity lost"), ("opportunity.lost",), (), ("title",), for_customers=False),
    HookEvent("customer.created", t("Customer added"), ("customer.created",), (), ("name_zh", "name_en"),
              for_customers=False),
    HookEvent("user.joined", t("User joined"), ("user.joined",), (), ("name", "kind"), for_customers=False),
)  # fmt: skip
BY_NAME: dict[str, HookEvent] = {each.name: each for each in CATALOGUE}
TEST = "webhook.test"
"""The event of the button "Send a test"; nobody subscribes to it, everybody gets it."""
TEST_WORDS = t("Test of a webhook")


def events_of(entry: str, after: Mapping[str, Any] | None) -> list[HookEvent]:
    """The events that an entry of the history is."""
    return [each for each in CATALOGUE if each.comes_from(entry, after)]


def entries_of(names: Iterable[str]) -> frozenset[str]:
    """The names of the entries that these events come from."""
    return frozenset(entry for name in names if name in BY_NAME for entry in BY_NAME[name].entries)


def words_of(name: str) -> Text:
    """An event in words; a name that is no longer in the catalogue stands for itself."""
    if name == TEST:
        return TEST_WORDS
    return BY_NAME[name].words if name in BY_NAME else Text(name)
