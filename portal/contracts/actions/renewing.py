"""Renewal: a successor with the last agreed terms and lines, and reminders before the end (DOMAIN E7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.contracts.actions.drafting import NUMBER_KIND, add_rows, index, recount
from portal.contracts.actions.values import terms_facts, write_terms
from portal.contracts.models import Contract, ContractLine, ContractTerms
from portal.contracts.queries import standing
from portal.contracts.queries.renewals import unrenewed
from portal.contracts.rules.renewal import RENEWABLE, days_left, is_due, reminder, successor_period
from portal.contracts.rules.states import ContractState, state_on
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.db.series import next_number
from portal.kernel.clock import business_day
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import t

_SAME = (
    "item_id", "branch_id", "name_zh", "name_en", "quantity", "unit", "main_unit", "stat_factor", "allowance",
    "currency", "rate", "discount_percent", "price_terms", "storage_policy", "tax_class", "tax_percent",
    "tax_inclusive", "overage", "overage_terms", "carries_over", "charges_shortfall", "price_id", "scheme_id",
    "manual_reason", "note",
)  # fmt: skip
"""What a successor's line takes over; days, chain and quotation are its own."""


def renew(contract: Contract, actor: Viewer, now: datetime) -> Contract:
    """A draft that follows on: the last agreed lines and terms for the next period; it is approved and signed anew.

    NotAllowedNow when the contract is not in force or just ended, or has its successor already.
    """
    db.session.refresh(contract, with_for_update=True)
    today = business_day(now)
    state = state_on(ContractState(contract.state), contract.ends_on, today)
    if state not in RENEWABLE:
        raise NotAllowedNow(t("Only a contract that is or was in force can be renewed."))
    _free_of_void_successor(contract)
    begins, ends = successor_period(contract.starts_on, contract.ends_on)
    successor = Contract(
        customer=contract.customer,
        customer_id=contract.customer_id,
        number=next_number(NUMBER_KIND, today.year),
        title=contract.title,
        owner_id=contract.owner_id,
        author_id=actor.user_id or contract.owner_id,
        payer_id=contract.payer_id,
        predecessor_id=contract.id,
        currency=contract.currency,
        language=contract.language,
        starts_on=begins,
        ends_on=ends,
        created_at=now,
        updated_at=now,
    )
    index(successor)
    db.session.add(successor)
    db.session.flush()
    successor.terms.append(_terms(contract, begins, ends))
    add_rows(successor, [_line(row, begins, ends) for row in standing.tails(contract)])
    after = {"number": successor.number, "renews": contract.number}
    audit.record(actor, "contract.created", successor, now, after=after)
    audit.record(actor, "contract.renewed", contract, now, after={"by": successor.number})
    recount(successor, now)
    return successor


def remind(actor: Viewer, now: datetime) -> int:
    """Mail to owners, and from the notice period on to customers, whose contracts end soon; how many were told.

    Each stage is told once for each last day, however often this runs. A contract that renews by itself gets its
    successor's draft when its notice period begins: prices and signature stay a person's decision.
    """
    today = business_day(now)
    told = 0
    for contract, terms in unrenewed(actor, today):
        stage = reminder(contract.ends_on, terms.notice_days, today)
        if stage is None or _is_told(contract, stage):
            continue
        _tell(contract, stage, stage <= terms.notice_days, actor, now)
        audit.record(actor, "contract.reminded", contract, now, after=_mark(contract, stage))
        if terms.renews_automatically and is_due(contract.ends_on, terms.notice_days, today):
            renew(contract, actor, now)
        told += 1
    return told


def _tell(
    contract: Contract, stage: int, with_customer: bool, actor: Viewer, now: datetime
) -> None:
    facts = {
        "number": contract.number,
        "title": contract.title,
        "customer": contract.customer.label,
        "id": contract.id,
        "ends_on": contract.ends_on.isoformat(),
        "days": days_left(contract.ends_on, business_day(now)),
    }
    key = f"contract-ending-{contract.id}-{contract.ends_on}-{stage}"
    owner = contract.owner
    post_mail(
        owner.email,
        "contract_ending",
        {**facts, "name": owner.name},
        locale=owner.locale,
        key=f"{key}-{owner.id}",
        now=now,
    )
    contact = next((each for each in contract.customer.contacts if each.is_main), None)
    if with_customer and contact is not None and contact.active and contact.email:
        locale = "en" if contract.language == "en" else "zh_CN"
        facts = {**facts, "name": contact.name, "sender": owner.name}
        post_mail(
            contact.email, "contract_ending_soon", facts, locale=locale, key=f"{key}-c", now=now
        )


def _mark(contract: Contract, stage: int) -> dict[str, str | int]:
    return {"days": stage, "ends_on": contract.ends_on.isoformat()}


def _is_told(contract: Contract, stage: int) -> bool:
    """Whether this stage, or a later one, was told for this last day."""
    return any(
        each.event == "contract.reminded"
        and (each.after or {}).get("ends_on") == contract.ends_on.isoformat()
        and (each.after or {}).get("days", 0) <= stage
        for each in audit.timeline(contract, public_only=False)
    )


def _free_of_void_successor(contract: Contract) -> None:
    made = db.session.scalar(select(Contract).where(Contract.predecessor_id == contract.id))
    if made is None:
        return
    if made.state != ContractState.VOID:
        raise NotAllowedNow(t("It has its successor: %(number)s.", number=made.number))
    made.predecessor_id = None
    db.session.flush()


def _terms(contract: Contract, begins: date, ends: date) -> ContractTerms:
    facts = terms_facts(standing.last_terms(contract))
    row = ContractTerms(customer_id=contract.customer_id, from_on=begins)
    write_terms(row, replace(facts, ends_on=ends))
    return row


def _line(row: ContractLine, begins: date, ends: date) -> ContractLine:
    same = {name: getattr(row, name) for name in _SAME}
    return ContractLine(customer_id=row.customer_id, from_on=begins, until_on=ends, **same)
