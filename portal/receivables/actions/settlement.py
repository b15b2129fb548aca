"""Settlement terms: applied for by the customer or sales, decided and changed by those who may (DOMAIN E8)."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.customers.models import Contact, Customer, SettlementTerms
from portal.db import audit, series
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, StaleEdit
from portal.kernel.text import t
from portal.receivables.actions import standing
from portal.receivables.models import SettlementApplication
from portal.receivables.rules.kinds import DECISIONS, DecisionState, DecisionStep
from portal.receivables.rules.settlement import TermsFacts, check

SERIES = "SA"
NAMES = tuple(each.name for each in fields(TermsFacts))


def facts_of(row: SettlementTerms | None) -> TermsFacts:
    """The terms as they are stored; the defaults where a customer has none."""
    if row is None:
        return TermsFacts()
    stored: dict[str, Any] = {name: getattr(row, name) for name in NAMES}
    stored |= {
        "agreed_rates": dict(row.agreed_rates or {}),
        "late_fee_percent": str(row.late_fee_percent),
        "credit_limit": None if row.credit_limit is None else str(row.credit_limit),
    }
    return TermsFacts.from_json(stored)


def change(
    customer: Customer, terms: TermsFacts, actor: Viewer, now: datetime, seen: int | None = None, reason: str = ""
) -> SettlementTerms:  # fmt: skip
    """Set a customer's terms. Forbidden without the right, InvalidMany by field, StaleEdit against version `seen`."""
    if not actor.may(Permission.SETTLEMENT_APPROVE):
        raise Forbidden()
    check(terms)
    _check_contact(customer, terms)
    row = standing.terms_of(customer.id)
    if row is not None and seen is not None and seen != row.version:
        raise StaleEdit(t("Somebody else changed these terms a moment ago. Look at them again."))
    before = {} if row is None else facts_of(row).to_json()
    if row is None:
        row = SettlementTerms(customer_id=customer.id, customer=customer)
        db.session.add(row)
    after = terms.to_json()
    for name in NAMES:
        setattr(row, name, after[name] if name == "agreed_rates" else _stored(getattr(terms, name)))
    db.session.flush()
    changed = [name for name in after if before.get(name) != after[name]]
    if changed:
        audit.record(
            actor,
            "customer.settlement_changed",
            customer,
            now,
            before={name: before.get(name) for name in changed},
            after={name: after[name] for name in changed},
            reason=reason or None,
        )
    standing.refresh(customer.id, now)
    return row


def apply(
    customer: Customer, asked: TermsFacts, reason: str, actor: Viewer, now: datetime
) -> SettlementApplication:
    """Ask for other terms 月结申请. One application at a time; InvalidMany by field."""
    if not reason.strip():
        raise Invalid(t("Say why."), "reason")
    check(asked)
    _check_contact(customer, asked)
    number = series.next_number(SERIES, business_day(now).year)
    pending = select(SettlementApplication.id).where(
        SettlementApplication.customer_id == customer.id,
        SettlementApplication.state == DecisionState.PENDING.value,
    )
    if db.session.scalar(pending) is not None:
        raise NotAllowedNow(t("An application of this customer waits to be decided."))
    row = SettlementApplication(
        customer_id=customer.id, customer=customer, number=number, state=DecisionState.PENDING.value,
        asked=asked.to_json(), reason=reason.strip()[:1000], applied_by=actor.user_id,
        applied_at=now, created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "settlement_application.made", row, now, reason=row.reason)
    return row


def approve(
    application: SettlementApplication, actor: Viewer, now: datetime, granted: TermsFacts | None = None, note: str = ""
) -> SettlementTerms:  # fmt: skip
    """Grant what was asked for, or other terms (`granted`); never by who applied."""
    if actor.user_id is not None and actor.user_id == application.applied_by:
        raise Forbidden(t("Somebody else than the applicant decides this."))
    terms = granted or TermsFacts.from_json(application.asked)
    _decide(application, DecisionStep.APPROVE, note.strip(), actor, now)
    row = change(application.customer, terms, actor, now, reason=application.number)
    after = terms.to_json() if granted is not None else None
    audit.record(actor, "settlement_application.approved", application, now, after=after)
    return row


def refuse(application: SettlementApplication, reason: str, actor: Viewer, now: datetime) -> None:
    """The terms stay, and why."""
    if not reason.strip():
        raise Invalid(t("Say why."), "reason")
    _decide(application, DecisionStep.REFUSE, reason.strip(), actor, now)
    told = application.decision
    audit.record(actor, "settlement_application.refused", application, now, reason=told)


def withdraw(application: SettlementApplication, actor: Viewer, now: datetime) -> None:
    """Take it back before it is decided."""
    _decide(application, DecisionStep.WITHDRAW, "", actor, now)
    audit.record(actor, "settlement_application.withdrawn", application, now)


def _decide(
    row: SettlementApplication, step: DecisionStep, decision: str, actor: Viewer, now: datetime
) -> None:
    db.session.refresh(row, with_for_update={"of": SettlementApplication})
    row.state = DECISIONS.next(DecisionState(row.state), step).value
    row.decided_by, row.decided_at, row.decision = actor.user_id, now, decision[:1000]
    row.updated_at = now
    db.session.flush()


def _check_contact(customer: Customer, terms: TermsFacts) -> None:
    wanted = terms.reconciliation_contact_id
    if wanted is None:
        return
    theirs = select(Contact.id).where(
        Contact.id == wanted, Contact.customer_id == customer.id, Contact.active.is_(True)
    )
    if db.session.scalar(theirs) is None:
        wrong = {"reconciliation_contact_id": t("Choose one of the customer's contacts.")}
        raise InvalidMany(wrong)


def _stored(value: Any) -> Any:
    """An enum's word, everything else as it is."""
    return value if value is None or isinstance(value, bool | int | Decimal) else str(value)
