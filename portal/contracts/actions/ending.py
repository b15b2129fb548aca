"""A contract in force: suspended and resumed, completed, terminated; and given to another owner."""

from __future__ import annotations

from datetime import date, datetime

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.contracts.actions.bounds import cut, held_after, of_contract
from portal.contracts.actions.ledger import Source
from portal.contracts.actions.telling import tell_customer, tell_owner
from portal.contracts.models import Contract, Entitlement
from portal.contracts.rules.states import STEPS, ContractState, ContractStep
from portal.customers.queries import staff_for_teams
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.text import Text, t


def suspend(contract: Contract, reason: str, actor: Viewer, now: datetime) -> None:
    """Nothing new may be drawn until it is resumed; storage still accrues (DOMAIN section 16)."""
    _need(reason, t("Say why it is suspended."))
    _step(contract, ContractStep.SUSPEND, now)
    audit.record(actor, "contract.suspended", contract, now, reason=reason.strip())
    tell_owner(contract, contract, "suspended", actor, now, reason.strip())
    tell_customer(contract, contract, "suspended", actor, now, reason.strip())


def resume(contract: Contract, actor: Viewer, now: datetime, reason: str = "") -> None:
    """In force again."""
    _step(contract, ContractStep.RESUME, now)
    audit.record(actor, "contract.resumed", contract, now, reason=reason.strip() or None)
    tell_customer(contract, contract, "resumed", actor, now)


def complete(contract: Contract, reason: str, actor: Viewer, now: datetime) -> None:
    """Both sides have done what was agreed. NotAllowedNow while bookings hold something of it."""
    _need(reason, t("Say how it was completed."))
    if any(each.reserved > 0 for each in of_contract(contract.id)):
        raise NotAllowedNow(t("Bookings still hold something of this contract. Decide them first."))
    _step(contract, ContractStep.COMPLETE, now)
    _end(contract, min(business_day(now), contract.ends_on), reason.strip(), actor, now)
    audit.record(actor, "contract.completed", contract, now, reason=reason.strip())


def terminate(
    contract: Contract, ended_on: date, reason: str, actor: Viewer, now: datetime
) -> list[Entitlement]:
    """End it early, with the last day and a reason; gives back where bookings still hold something after that day.

    The last day may be past, not to come: a later one is agreed by an amendment.
    """
    _need(reason, t("Say why it is terminated."))
    if ended_on > business_day(now):
        text = t("The last day is today or before; agree a later one by an amendment.")
        raise Invalid(text, "ended_on")
    if not contract.starts_on <= ended_on <= contract.ends_on:
        words = {"first": contract.starts_on, "last": contract.ends_on}
        raise Invalid(t("The contract lasts from %(first)s to %(last)s.", **words), "ended_on")
    held = held_after(contract.id, ended_on)
    contract.end_reason = reason.strip()[:1000]
    _step(contract, ContractStep.TERMINATE, now)
    _end(contract, ended_on, reason.strip(), actor, now)
    after = {"ended_on": ended_on, "still_held": len(held)}
    audit.record(actor, "contract.terminated", contract, now, after=after, reason=reason.strip())
    tell_owner(contract, contract, "terminated", actor, now, reason.strip())
    tell_customer(contract, contract, "terminated", actor, now, reason.strip())
    return held


def hand_over(contract: Contract, owner_id: int, actor: Viewer, now: datetime) -> None:
    """Another member of staff looks after the contract."""
    names = dict(staff_for_teams())
    if owner_id not in names:
        raise Invalid(t("Choose one of the staff."), "owner_id")
    if owner_id == contract.owner_id:
        return
    before = {"owner": contract.owner.name}
    contract.owner = db.session.get_one(User, owner_id)
    contract.updated_at = now
    after = {"owner": names[owner_id]}
    audit.record(actor, "contract.handed_over", contract, now, before=before, after=after)
    tell_owner(contract, contract, "handed_over", actor, now)


def _end(contract: Contract, last_day: date, reason: str, actor: Viewer, now: datetime) -> None:
    contract.ended_on, contract.end_reason = last_day, reason[:1000]
    source = Source("contract", contract.id, contract.number)
    cut(of_contract(contract.id), last_day, reason, source, actor, now)


def _need(reason: str, text: Text) -> None:
    if not reason.strip():
        raise Invalid(text, "reason")


def _step(contract: Contract, step: ContractStep, now: datetime) -> None:
    contract.state = STEPS.next(ContractState(contract.state), step)
    contract.updated_at = now
