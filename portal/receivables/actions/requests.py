"""The customer asks for an invoice 开票申请 over what is confirmed; we reject it with a reason, or invoice it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.billing.actions.holding import held_id
from portal.billing.rules.states import CUSTOMER_SEES, StatementState
from portal.customers.models import Customer
from portal.db import audit, series
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, NotFound
from portal.kernel.money import format_money, round_money
from portal.kernel.text import Text, t
from portal.receivables.models import InvoiceRequest, InvoiceRequestPart
from portal.receivables.queries.invoices import billables
from portal.receivables.rules.invoices import Billable
from portal.receivables.rules.kinds import InvoiceKind, RequestState

SERIES = "IR"
ZERO = Decimal(0)
LONGEST = {
    "title": 160, "tax_number": 40, "address_phone": 300, "bank_account": 200, "send_to": 254, "note": 500
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What is to stand on the invoice, and where it goes. `parts`: statement id → gross that is asked for."""

    kind: InvoiceKind
    parts: Mapping[int, Decimal]
    title: str = ""
    tax_number: str = ""
    address_phone: str = ""
    bank_account: str = ""
    send_to: str = ""
    note: str = ""


def defaults(customer: Customer) -> dict[str, str]:
    """What stands on a customer's invoices as long as nobody says otherwise."""
    return {
        "title": customer.name_zh or customer.name_en,
        "tax_number": customer.credit_code or customer.tax_number,
        "address_phone": " ".join(filter(None, (customer.address, customer.phone))),
        "bank_account": " ".join(filter(None, (customer.bank_name, customer.bank_account))),
    }


def ask(customer: Customer, facts: RequestFacts, actor: Viewer, now: datetime) -> InvoiceRequest:
    """Ask for an invoice over confirmed, not yet invoiced and not yet asked for amounts of one currency.

    InvalidMany by field (`part-<statement id>`); Invalid at "parts" for none, or several currencies.
    """
    facts = _trimmed(facts)
    known = _held(customer, facts)
    _check(facts, known)
    currency = next(iter(known.values())).currency
    row = InvoiceRequest(
        customer_id=customer.id, customer=customer, state=RequestState.OPEN.value,
        number=series.next_number(SERIES, business_day(now).year), kind=facts.kind.value,
        currency=currency, gross_amount=sum(facts.parts.values(), ZERO), asked_by=actor.user_id,
        asked_at=now, created_at=now, updated_at=now, **{name: getattr(facts, name) for name in LONGEST},
    )  # fmt: skip
    row.parts = [
        InvoiceRequestPart(customer_id=customer.id, statement_id=statement_id, gross_amount=amount)
        for statement_id, amount in sorted(facts.parts.items())
    ]
    db.session.add(row)
    db.session.flush()
    after = {"number": row.number, "gross": row.gross_amount, "currency": currency}
    audit.record(actor, "invoice_request.made", row, now, after=after)
    return row


def withdraw(request: InvoiceRequest, actor: Viewer, now: datetime) -> None:
    """The customer takes it back before it is invoiced."""
    _close(request, RequestState.WITHDRAWN, "", now)
    audit.record(actor, "invoice_request.withdrawn", request, now)


def reject(request: InvoiceRequest, reason: str, actor: Viewer, now: datetime) -> None:
    """We do not invoice it, and say why."""
    if not reason.strip():
        raise Invalid(t("Say why."), "reason")
    _close(request, RequestState.REJECTED, reason.strip()[:500], now)
    audit.record(actor, "invoice_request.rejected", request, now, reason=request.decision)


def _close(request: InvoiceRequest, state: RequestState, decision: str, now: datetime) -> None:
    db.session.refresh(request, with_for_update={"of": InvoiceRequest})
    if request.state != RequestState.OPEN:
        raise NotAllowedNow(t("This request was answered or taken back already."))
    request.state, request.decision, request.updated_at = state.value, decision, now


def _trimmed(facts: RequestFacts) -> RequestFacts:
    values = {each.name: getattr(facts, each.name) for each in fields(facts)}
    parts = {key: amount for key, amount in facts.parts.items() if amount}
    return RequestFacts(
        **{**values, **{name: values[name].strip() for name in LONGEST}, "parts": parts}
    )


def _held(customer: Customer, facts: RequestFacts) -> dict[int, Billable]:
    """The customer's statements that are asked for, held until the transaction ends."""
    found = []
    for statement_id in sorted(facts.parts):
        try:
            row = held_id(statement_id)
        except NotFound:
            continue
        if row.customer_id == customer.id and StatementState(row.state) in CUSTOMER_SEES:
            found.append(row)
    return billables(found)


def _check(facts: RequestFacts, known: Mapping[int, Billable]) -> None:
    wrong: dict[str, Text] = {}
    for statement_id, amount in facts.parts.items():
        of = known.get(statement_id)
        if of is None:
            wrong[f"part-{statement_id}"] = t("There is no such statement of this customer.")
        elif amount <= 0 or amount > of.left_to_ask or round_money(amount, of.currency) != amount:
            left = format_money(of.left_to_ask, of.currency)
            wrong[f"part-{statement_id}"] = t("More than zero, at most %(left)s.", left=left)
    if not facts.title:
        wrong["title"] = t("This must be filled in.")
    if facts.kind is InvoiceKind.SPECIAL and not facts.tax_number:
        wrong["tax_number"] = t("A special VAT invoice needs the buyer's tax number.")
    for name, most in LONGEST.items():
        if len(getattr(facts, name)) > most:
            wrong[name] = t("At most %(most)s characters.", most=most)
    if wrong:
        raise InvalidMany(wrong)
    if not facts.parts:
        raise Invalid(t("Choose at least one statement."), "parts")
    if len({each.currency for each in known.values()}) > 1:
        raise Invalid(t("One invoice is in one currency."), "parts")
