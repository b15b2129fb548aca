"""The service request of a claim goes along: at work with the claim, waiting with it, resolved or withdrawn with it.

A request that was merged, closed or rejected meanwhile is left as it is; the claim goes on alone.
"""

from __future__ import annotations

from datetime import datetime

from portal.access.permissions import Permission
from portal.access.viewer import SYSTEM, Viewer
from portal.claims.models import Claim
from portal.service_requests.actions import course
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.states import REQUEST_STEPS, RequestState, RequestStep


def begin(claim: Claim, actor: Viewer, now: datetime) -> None:
    """Somebody looks into it: accepted, at work, no longer waiting."""
    request, by = claim.request, _by(actor)
    if _allows(request, RequestStep.ACCEPT):
        course.accept(request, by, now)
    if _allows(request, RequestStep.START):
        course.start(request, by, now)
    elif _allows(request, RequestStep.RESUME):
        course.resume(request, by, now)


def wait(claim: Claim, text: str, actor: Viewer, now: datetime) -> None:
    """The customer has to answer; `text` goes to him as a message."""
    if _allows(claim.request, RequestStep.ACCEPT):
        begin(claim, actor, now)
    if _allows(claim.request, RequestStep.WAIT_CUSTOMER):
        course.wait_for_customer(claim.request, text, _by(actor), now)


def answered(claim: Claim, actor: Viewer, now: datetime) -> None:
    """The customer has answered: it is our turn again."""
    if claim.request.state == RequestState.WAITING_CUSTOMER:
        course.resume(claim.request, _by(actor), now)


def end(claim: Claim, solution: str, actor: Viewer, now: datetime) -> None:
    """Settled or refused: the request is resolved."""
    begin(claim, actor, now)
    if _allows(claim.request, RequestStep.RESOLVE):
        course.resolve(claim.request, solution, _by(actor), now)


def withdraw(claim: Claim, reason: str, actor: Viewer, now: datetime) -> None:
    """The customer takes the claim back: the request is withdrawn."""
    if _allows(claim.request, RequestStep.WITHDRAW):
        by = actor if actor.kind == "customer" else _by(actor)
        course.withdraw(claim.request, reason, by, now)


def _allows(request: ServiceRequest, step: RequestStep) -> bool:
    return REQUEST_STEPS.allows(RequestState(request.state), step)


def _by(actor: Viewer) -> Viewer:
    """Whoever acts, where that person may work on requests; else the house: a customer's answer sets it going."""
    return actor if actor.may(Permission.REQUEST_WORK) else SYSTEM
