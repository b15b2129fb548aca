"""Which steps the work page offers: drawn from the table of the request's life and from what the viewer may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.kernel.text import Text, t
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.kinds import Authority, RequesterKind
from portal.service_requests.rules.states import LOCKED, REQUEST_STEPS, RequestState, RequestStep

S = RequestStep


@dataclass(frozen=True, slots=True)
class Way:
    """One step: its word on the button, its mark, and whether one click is enough (else it asks on a page)."""

    label: Text
    icon: str
    at_once: bool = False
    permission: P = P.REQUEST_WORK
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that is possible now, with its address."""

    key: str
    way: Way
    url: str


OF_LIFE: Mapping[RequestStep, Way] = {
    S.ACCEPT: Way(t("Take on"), "person-check", at_once=True),
    S.START: Way(t("Start work"), "play", at_once=True),
    S.RESUME: Way(t("Go on"), "play", at_once=True),
    S.CLOSE: Way(t("Close the case"), "lock", at_once=True),
    S.REOPEN: Way(t("Open again"), "unlock"),
    S.WAIT_THIRD_PARTY: Way(t("Wait for a third party"), "hourglass-split"),
    S.MERGE: Way(t("Merge into another"), "union"),
    S.WITHDRAW: Way(t("Withdraw for the customer"), "arrow-return-left"),
    S.REJECT: Way(t("Reject"), "x-circle"),
}
"""Waiting for the customer and resolving are sent with the answer itself."""
OF_PEOPLE: Mapping[str, Way] = {
    "assign": Way(t("Give to somebody"), "person-plus"),
    "hand_over": Way(t("Hand over with a note"), "arrow-left-right"),
    "share": Way(t("Share with a colleague"), "people"),
    "escalate": Way(t("Escalate to a manager"), "megaphone"),
}
OF_FACTS: Mapping[str, Way] = {
    "change": Way(t("Change severity, kind, category"), "pencil"),
    "match": Way(t("Match to what was bought"), "pie-chart"),
    "promise": Way(t("Promise a day"), "calendar-check"),
    "link": Way(t("Link another request"), "link-45deg"),
}
AUTHORITY = Way(t("Check the authority"), "shield-check")
FIRST = (S.ACCEPT, S.START, S.RESUME, S.CLOSE, S.REOPEN)
"""What stands as a button of its own; the rest is in the menu."""


@dataclass(frozen=True, slots=True)
class Offers:
    """The button, and the menu's three parts."""

    first: tuple[Offer, ...]
    course: tuple[Offer, ...]
    people: tuple[Offer, ...]
    facts: tuple[Offer, ...]


def offers(row: ServiceRequest, viewer: Viewer) -> Offers:
    """Everything that this viewer may do with the request now."""
    life = _of_life(row, viewer)
    works = viewer.may(P.REQUEST_WORK) and RequestState(row.state) not in LOCKED
    return Offers(
        first=tuple(each for each in life if each.key in FIRST),
        course=tuple(each for each in life if each.key not in FIRST),
        people=tuple(_offer(row, key, way) for key, way in OF_PEOPLE.items() if works),
        facts=tuple(_offer(row, key, way) for key, way in _facts(row).items() if works),
    )


def allows(row: ServiceRequest, step: RequestStep) -> bool:
    """Whether the table has this step from where the request is."""
    return REQUEST_STEPS.allows(RequestState(row.state), step)


def _of_life(row: ServiceRequest, viewer: Viewer) -> list[Offer]:
    return [
        _offer(row, step.value, OF_LIFE[step])
        for step in REQUEST_STEPS.actions(RequestState(row.state))
        if step in OF_LIFE and viewer.may(_needed(row, step))
    ]


def _needed(row: ServiceRequest, step: RequestStep) -> P:
    """Opening a closed case again is a lead's (DOMAIN section 16)."""
    if step is S.REOPEN and row.state == RequestState.CLOSED:
        return P.REQUEST_REOPEN
    return OF_LIFE[step].permission


def _facts(row: ServiceRequest) -> dict[str, Way]:
    found = dict(OF_FACTS)
    if row.requester_kind == RequesterKind.THIRD_PARTY and row.authority != Authority.PROVEN:
        found["authority"] = AUTHORITY
    return found


def _offer(row: ServiceRequest, key: str, way: Way) -> Offer:
    endpoint = "desk_requests.take_step" if way.at_once else "desk_requests.ask_step"
    return Offer(key, way, url_for(endpoint, request_id=row.id, step=key))
