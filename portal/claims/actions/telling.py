"""Who gets mail about a claim: who asked, who may answer offers, who looks into it, who approves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.billing.actions.telling import Reader, readers_of, staff_with
from portal.claims.models import Claim
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.kernel.money import format_money


def tell_customer(
    claim: Claim, step: str, actor: Viewer, now: datetime, reason: str = "", *, offer: bool = False
) -> int:
    """evidence_asked, evidence_refused, offered, credited, paid, refused; how many letters.

    `offer`: everybody who may answer one hears it; else who asked, or those who see claims.
    """
    facts = {**_facts(claim), "step": step, "sender": actor.name, "reason": reason}
    readers = _readers(claim, now, offer=offer)
    for each in readers:
        key = f"{_mark(claim, step)}-{each.mark}"
        whole = {**facts, "contact": each.name}
        post_mail(each.email, "claim_customer", whole, locale=each.locale, key=key, now=now)
    return len(readers)


def tell_staff(claim: Claim, step: str, actor: Viewer, now: datetime, reason: str = "") -> None:
    """notified, filed, evidence_given, agreed, declined, withdrawn: who looks into it, else all who judge claims."""
    people = [each for each in (_user(claim.owner_id), _user(claim.offered_by)) if each]
    people = people[:1] or staff_with(
        Permission.CLAIM_DECIDE, claim.customer_id, [actor.user_id, None]
    )
    _to_staff(claim, step, people, actor, now, reason)


def tell_approvers(claim: Claim, step: str, actor: Viewer, now: datetime, reason: str = "") -> None:
    """to_approve, escalated: it waits for one of those who approve, other than the actor."""
    people = staff_with(Permission.CLAIM_APPROVE, claim.customer_id, [actor.user_id])
    _to_staff(claim, step, people, actor, now, reason)


def tell_proposer(
    claim: Claim, step: str, user_id: int | None, actor: Viewer, now: datetime, reason: str = ""
) -> None:
    """approved, returned: who made the offer hears what became of it."""
    _to_staff(claim, step, [each for each in (_user(user_id),) if each], actor, now, reason)


def _readers(claim: Claim, now: datetime, *, offer: bool) -> list[Reader]:
    request = claim.request
    asked = _user(request.requester_id)
    if asked is not None:
        first = [Reader(str(asked.id), asked.name, asked.email, asked.locale)]
    elif request.requester_email:
        locale = "en" if claim.language == "en" else "zh_CN"
        first = [Reader("r", request.requester_name, request.requester_email, locale)]
    else:
        first = []
    if offer:
        first += readers_of(claim, Permission.CLAIM_ANSWER, now)
    found = first or readers_of(claim, Permission.CLAIM_SEE, now)
    by_address: dict[str, Reader] = {}
    for each in found:
        by_address.setdefault(each.email.lower(), each)
    return list(by_address.values())


def _user(user_id: int | None) -> User | None:
    user = db.session.get(User, user_id) if user_id else None
    return user if user is not None and user.active else None


def _to_staff(
    claim: Claim, step: str, people: Iterable[User], actor: Viewer, now: datetime, reason: str
) -> None:
    facts = {**_facts(claim), "step": step, "sender": actor.name, "reason": reason}
    for user in people:
        if user.id == actor.user_id:
            continue
        key = f"{_mark(claim, step)}-{user.id}"
        post_mail(user.email, "claim_staff", facts, locale=user.locale, key=key, now=now)


def _facts(claim: Claim) -> dict[str, Any]:
    money = lambda amount: "" if amount is None else format_money(amount, claim.currency)  # noqa: E731
    return {
        "number": claim.number,
        "id": claim.id,
        "customer": claim.customer.label,
        "claimed": money(claim.claimed_amount),
        "offered": money(claim.offered_amount),
        "until": claim.offer_until.isoformat() if claim.offer_until else "",
    }


def _mark(claim: Claim, step: str) -> str:
    """One letter for each time that the claim comes to this point."""
    return f"claim-{claim.id}-{step}-{claim.version}"
