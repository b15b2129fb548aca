"""A request comes to be: matched to what was bought, ranked, its clocks started, its people told (S1-S4, T2, T3)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.series import next_number
from portal.documents.actions.attaching import ReceivedFile
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow
from portal.kernel.text import Text, t
from portal.service_requests.actions import clocks, history, letters
from portal.service_requests.actions.files import keep, keep_authority
from portal.service_requests.actions.pointing import Pointed, pointed
from portal.service_requests.actions.requesters import Requester, requester_of
from portal.service_requests.models import RequestCategory, RequestLine, ServiceRequest
from portal.service_requests.queries.people import may_work
from portal.service_requests.rules import wording
from portal.service_requests.rules.kinds import (
    WITH_LINES,
    Channel,
    RequesterKind,
    RequestKind,
    Scope,
    Severity,
)
from portal.service_requests.rules.ranking import rank

SERIES = "SR"
Errors = dict[str, Text]


@dataclass(frozen=True, slots=True)
class NewLine:
    """Goods of a return, or material asked for; `quantity` in `unit`, above zero, at most six places."""

    name: str
    unit: str
    quantity: Decimal
    reference: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What somebody writes. `entitlement_id` is what was bought and is meant, else `no_match` says why there is none.

    A customer's own user is the requester of what they open. `context` and `details` are JSON-ready.
    """

    customer_id: int
    kind: str
    title: str
    text: str
    severity: int = Severity.MEDIUM
    channel: str = Channel.PORTAL
    scope: str = Scope.ONE
    category_id: int | None = None
    requester_id: int | None = None
    requester_name: str = ""
    requester_phone: str = ""
    requester_email: str = ""
    requester_kind: str = RequesterKind.CUSTOMER
    third_party: str | None = None
    third_party_firm: str = ""
    entitlement_id: int | None = None
    no_match: str | None = None
    contract_id: int | None = None
    shipment_id: int | None = None
    statement_id: int | None = None
    statement_line_id: int | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    lines: Sequence[NewLine] = ()
    is_internal: bool = False
    owner_id: int | None = None


def open_(
    new: NewRequest, actor: Viewer, now: datetime, *, files: Sequence[ReceivedFile] = (),
    authority: Sequence[ReceivedFile] = (),
) -> ServiceRequest:  # fmt: skip
    """Open a request; `files` lie beside it, `authority` proves a third party's right to speak for the customer.

    Raises NotFound for a customer out of the actor's reach, Forbidden without the right, InvalidMany by the names of
    `NewRequest` (and `files`).
    """
    customer = load(Customer, new.customer_id, actor, Permission.REQUEST_RAISE)
    internal = new.is_internal or new.kind == RequestKind.INTERNAL
    if internal and actor.kind == "customer":
        raise Forbidden()
    if actor.kind == "customer" and not customer.active:
        raise NotAllowedNow(t("This customer is not active."))
    wrong = _wrong(new, actor, len(files) + len(authority))
    about, requester = _read(wrong, customer, new, actor, now, bool(authority))
    row = ServiceRequest(
        number=next_number(SERIES, business_day(now).year), customer_id=customer.id, customer=customer,
        kind=new.kind, is_internal=internal, channel=new.channel, severity=int(new.severity), scope=new.scope,
        tier=customer.segment, rank=rank(customer.segment, new.severity), category_id=new.category_id,
        title=wording.one_line(new.title), text=wording.lines_of(new.text), owner_id=new.owner_id,
        opened_by=actor.user_id, received_at=now, last_message_at=now, customer_waits=not internal,
        context=dict(new.context), details=dict(new.details), **requester.columns(), **about.ids(),
    )  # fmt: skip
    row.search_text = search_text(row, customer, about.words)
    db.session.add(row)
    db.session.flush()
    _add_lines(row, new.lines)
    history.note(row, "request.opened", actor, now, after=_facts(row))
    keep(row, row, files, actor, now)
    keep_authority(row, authority, actor, now)
    clocks.start(row, now)
    letters.opened(row, actor, now)
    return row


def search_text(row: ServiceRequest, customer: Customer, words: Sequence[str] = ()) -> str:
    """What the request is found by."""
    names = (
        customer.short_name, customer.name_zh, customer.name_en, customer.code, row.requester_name, row.requester_phone,
        row.third_party_firm, *words,
    )  # fmt: skip
    return wording.found_by(row.number, row.title, names)


def category_problem(category_id: int | None, kind: str) -> Text | None:
    """What is wrong with a category for a kind of request; None: nothing."""
    if category_id is None:
        return None
    row = db.session.get(RequestCategory, category_id)
    if row is None or not row.active or (row.kinds and kind not in row.kinds):
        return t("Choose one of the list.")
    return None


def _read(
    wrong: Errors, customer: Customer, new: NewRequest, actor: Viewer, now: datetime, has_proof: bool
) -> tuple[Pointed, Requester]:  # fmt: skip
    """What it is about and who asks, together with everything that is wrong, told at once."""
    about, requester = Pointed(), None
    try:
        about = pointed(customer, new, actor, business_day(now))
    except InvalidMany as error:
        wrong |= error.errors
    try:
        requester = requester_of(new, customer, actor, business_day(now), has_proof=has_proof)
    except InvalidMany as error:
        wrong |= error.errors
    if wrong or requester is None:
        raise InvalidMany(wrong)
    return about, requester


def _wrong(new: NewRequest, actor: Viewer, files: int) -> Errors:
    title, text = wording.one_line(new.title), wording.lines_of(new.text)
    checks: dict[str, Text | None] = {
        "title": wording.problem(title, t("Say in a few words what it is about."), wording.LONGEST_TITLE),
        "text": wording.problem(text, t("Tell us what happened."), wording.LONGEST_TEXT),
        "kind": _choice(new.kind, RequestKind),
        "severity": _choice(new.severity, Severity),
        "scope": _choice(new.scope, Scope),
        "channel": _channel(new.channel, actor),
        "category_id": category_problem(new.category_id, new.kind),
        "lines": _lines_problem(new),
        "owner_id": _owner_problem(new.owner_id, actor),
        "context": _size_problem(new.context),
        "details": _size_problem(new.details),
    }  # fmt: skip
    try:
        wording.check_count(files)
    except Invalid as error:
        checks["files"] = error.text
    return {name: problem for name, problem in checks.items() if problem is not None}


def _choice(value: Any, of: Any) -> Text | None:
    return None if value in {each.value for each in of} else t("Choose one of the list.")


def _channel(channel: str, actor: Viewer) -> Text | None:
    if actor.kind == "customer" and channel != Channel.PORTAL:
        return t("Choose one of the list.")
    return _choice(channel, Channel)


def _owner_problem(owner_id: int | None, actor: Viewer) -> Text | None:
    if owner_id is None or (actor.kind != "customer" and may_work(owner_id)):
        return None
    return t("Choose somebody who answers requests.")


def _size_problem(context: Mapping[str, Any]) -> Text | None:
    too_long = len(json.dumps(dict(context), default=str)) > wording.MOST_CONTEXT
    return t("This is too much at once.") if too_long else None


def _lines_problem(new: NewRequest) -> Text | None:
    if new.lines and new.kind not in WITH_LINES:
        return t("Only returns and materials list goods.")
    if len(new.lines) > wording.MOST_LINES:
        return t("At most %(most)s lines.", most=wording.MOST_LINES)
    for no, line in enumerate(new.lines, start=1):
        exact = line.quantity.is_finite() and line.quantity == line.quantity.quantize(Decimal("0.000001"))  # fmt: skip
        if not wording.one_line(line.name) or not exact or not 0 < line.quantity < 10**9:
            return t("Line %(no)s: a name and a quantity above zero are needed.", no=no)
    return None


def _add_lines(row: ServiceRequest, lines: Sequence[NewLine]) -> None:
    for position, line in enumerate(lines, start=1):
        db.session.add(
            RequestLine(
                customer_id=row.customer_id, request_id=row.id, position=position,
                name=wording.one_line(line.name)[:120], unit=line.unit[:16], asked_quantity=line.quantity,
                reference=wording.one_line(line.reference)[:60], cause=wording.one_line(line.cause)[:300],
            )
        )  # fmt: skip


def _facts(row: ServiceRequest) -> dict[str, Any]:
    return {
        "number": row.number, "kind": row.kind, "title": row.title, "severity": row.severity, "channel": row.channel,
        "requester": row.requester_name,
    }  # fmt: skip
