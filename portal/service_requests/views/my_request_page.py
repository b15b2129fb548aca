"""One request as its customer follows it: how far it is, what was said and planned, what may be done now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import g, url_for

from portal.access.permissions import Permission as P
from portal.db import audit
from portal.documents.attached import attached_to, attached_to_each
from portal.documents.models import Attachment
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.service_requests.actions.course import may_reopen
from portal.service_requests.clock_labels import shown_clocks
from portal.service_requests.labels import AUTHORITIES
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries import mine
from portal.service_requests.queries.requests import Linked, merged_ids
from portal.service_requests.queries.tasks import visits_shared
from portal.service_requests.rules.details import worded
from portal.service_requests.rules.kinds import (
    KIND_WORDS,
    LINK_WORDS,
    NO_MATCH_WORDS,
    TASK_KIND_WORDS,
    WITH_LINES,
    LinkKind,
    NoMatch,
    RequestKind,
    TaskKind,
)
from portal.service_requests.rules.states import (
    LOCKED,
    REQUEST_STEPS,
    RequestState,
    RequestStep,
)
from portal.service_requests.views.my_request_chain import chain_of
from portal.service_requests.views.my_words import MY_REQUESTS
from portal.web.filters import day
from portal.web.words import say

S = RequestState
ENDED = {
    S.WITHDRAWN: t("Withdrawn"),
    S.MERGED: t("Goes on elsewhere"),
    S.REJECTED: t("Not taken on"),
}


class Said(NamedTuple):
    """One message of the talk, of either side."""

    ours: bool
    who: str
    at: datetime
    text: str
    files: Sequence[Attachment]


def context(row: ServiceRequest) -> dict[str, Any]:
    """Everything that the page shows."""
    now, ids = clock.now(), merged_ids(row)
    return {
        "request_": row,
        "label": MY_REQUESTS[row.state],
        "kind": KIND_WORDS[RequestKind(row.kind)],
        "steps": course(row),
        "clocks": shown_clocks(row, now, to_customer=True) if row.is_open else [],
        "talk": _talk(row, ids),
        "about": _about(row),
        "authority": AUTHORITIES.get(row.authority),
        "may": steps_now(row, now),
        "chain": chain_of(row),
        "entries": _history(row),
        **_beside(row, ids),
    }


def _beside(row: ServiceRequest, ids: Sequence[int]) -> dict[str, Any]:
    """What belongs to it: goods, visits that were told, other requests."""
    viewer = g.viewer
    listed = mine.goods(ids, viewer) if row.kind in WITH_LINES else []
    return {
        "goods": [(each, unit_word(each.unit)) for each in listed],
        "visits": [(each, TASK_KIND_WORDS[TaskKind(each.kind)]) for each in visits_shared(row.id, viewer)],
        "others": [(_how(each), each.other, MY_REQUESTS[each.other.state]) for each in mine.linked(row, viewer)],
    }  # fmt: skip


def course(row: ServiceRequest) -> list[tuple[str, str, str | None]]:
    """The way of a request: each step done, under way or to come, with the day when it was."""
    return [(say(word), standing, when) for word, standing, when in _steps(row)]


def _steps(row: ServiceRequest) -> list[tuple[Text, str, str | None]]:
    state = S(row.state)
    heard = (t("Request received"), "done", day(clock.business_day(row.received_at)))
    if state in ENDED:
        return [heard, (ENDED[state], "now", None)]
    is_solved = state in (S.RESOLVED, S.CLOSED)
    at_work = state in (S.IN_PROGRESS, S.WAITING_CUSTOMER, S.WAITING_THIRD_PARTY)
    return [
        heard,
        (t("Accepted by us"), _when(row.accepted_at is not None or is_solved, state is S.NEW), _on(row.accepted_at)),
        (_work_word(state), "done" if is_solved else "now" if at_work or state is S.ACCEPTED else "next", None),
        (t("Solved"), _when(state is S.CLOSED, state is S.RESOLVED), _on(row.resolved_at if is_solved else None)),
        (t("Case closed"), "done" if state is S.CLOSED else "next", _on(row.closed_at)),
    ]  # fmt: skip


def steps_now(row: ServiceRequest, now: datetime) -> dict[str, bool]:
    """What this person may do about it now."""
    state, writes = S(row.state), g.viewer.may(P.REQUEST_RAISE)
    return {
        "write": writes,
        "makes_another": state in LOCKED,
        "withdraw": writes and REQUEST_STEPS.allows(state, RequestStep.WITHDRAW),
        "close": writes and REQUEST_STEPS.allows(state, RequestStep.CLOSE),
        "reopen": may_reopen(row, g.viewer, now),
    }


def _talk(row: ServiceRequest, ids: Sequence[int]) -> list[Said]:
    """What was said on both sides; what opened the request is the first of it."""
    rows = mine.messages(ids, g.viewer)
    files = attached_to_each(rows, g.viewer)
    first = Said(False, row.requester_name, row.received_at, row.text, attached_to(row, g.viewer))
    return [
        first,
        *(Said(each.side == "staff", each.author_name, each.written_at, each.text, files[each.id]) for each in rows),
    ]  # fmt: skip


def _about(row: ServiceRequest) -> list[tuple[Text, Any]]:
    """What the form said besides the text."""
    storage = (row.context or {}).get("storage")
    found: list[tuple[Text, Any]] = [
        (t("Number"), row.number),
        (t("Kind"), KIND_WORDS[RequestKind(row.kind)]),
    ]
    if row.entitlement_id is None and row.no_match:
        found.append((t("Service"), NO_MATCH_WORDS[NoMatch(row.no_match)]))
    if storage:
        found.append((t("Stock"), f"{storage.get('from') or '…'} – {storage.get('until') or '…'}"))
    found += worded(row.details or {})
    if row.promised_on:
        found.append((t("We promised it for"), day(row.promised_on)))
    if row.owner is not None:
        found.append((t("Who works on it"), row.owner.name))
    return found


def _how(link: Linked) -> Text:
    if link.kind is LinkKind.FOLLOW_UP:
        return t("Follows") if link.is_first else t("Followed by")
    return LINK_WORDS[link.kind]


def _history(row: ServiceRequest) -> list[dict[str, Any]]:
    """What the customer may know of its history, newest first."""
    entries = audit.timeline(row, public_only=True)
    return [
        {"at": each.at, "who": each.actor_name, "what": each.label, "why": each.reason or None, "public": True}
        for each in entries
    ]  # fmt: skip


def _when(done: bool, now: bool) -> str:
    return "done" if done else "now" if now else "next"


def _work_word(state: RequestState) -> Text:
    if state is S.WAITING_CUSTOMER:
        return t("Waits for your answer")
    return t("We wait for somebody else") if state is S.WAITING_THIRD_PARTY else t("In progress")


def _on(at: datetime | None) -> str | None:
    return day(clock.business_day(at)) if at else None


def back_to(row: ServiceRequest, anchor: str | None = None) -> str:
    """The page of a request."""
    return url_for("my_requests.show", request_id=row.id, _anchor=anchor)
