"""Everything that the work page of one request shows."""

from __future__ import annotations

from typing import Any

from flask import g, request

from portal.access.permissions import Permission as P
from portal.customers.rules.kinds import SEGMENTS
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.service_requests.clock_labels import shown_clocks
from portal.service_requests.forms.desk_talk import AnswerForm, NoteForm
from portal.service_requests.labels import (
    AUTHORITIES,
    GREEN_CHANNEL,
    INTERNAL,
    REQUESTS,
    SEVERITIES,
)
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries import choices
from portal.service_requests.queries.beside import earlier
from portal.service_requests.queries.requests import shares
from portal.service_requests.queries.talk import REQUEST, Talk, talk
from portal.service_requests.rules.details import worded
from portal.service_requests.rules.kinds import (
    CHANNEL_WORDS,
    KIND_WORDS,
    NO_MATCH_WORDS,
    SCOPE_WORDS,
    THIRD_PARTY_WORDS,
    Channel,
    NoMatch,
    RequestKind,
    Scope,
    ThirdParty,
)
from portal.service_requests.rules.states import LOCKED, RequestState, RequestStep
from portal.service_requests.views import request_beside as beside
from portal.service_requests.views.request_steps import allows, offers
from portal.service_requests.views.request_timeline import line_of
from portal.web.chain import reached
from portal.web.words import name_of, say

PAGE = "service_requests/desk_show.html"
EARLIER_SHOWN = 5
WHY_LOCKED = {
    RequestState.CLOSED: t("The case is closed. A further message of the customer opens a linked request."),
    RequestState.WITHDRAWN: t("The customer withdrew it. Nothing of it changes any more."),
    RequestState.MERGED: t("It was merged into another request. Go on there."),
    RequestState.REJECTED: t("It was rejected. Nothing of it changes any more."),
}  # fmt: skip


def context(
    row: ServiceRequest, *, answer: AnswerForm | None = None, note: NoteForm | None = None
) -> dict[str, Any]:
    """The page; `answer` or `note` as they were typed when they were refused."""
    said = talk(row, g.viewer, whole=request.args.get("all") == "1")
    return {
        "row": row,
        "locked": WHY_LOCKED.get(RequestState(row.state)),
        "files": said.files.get((REQUEST, row.id), []),
        "line": line_of(said),
        "more": said.more,
        "clocks": shown_clocks(row, clock.now()),
        "states": REQUESTS,
        "offers": offers(row, g.viewer),
        **_words(row),
        **_writing(row, said, answer, note),
        **_beside(row),
    }


def _beside(row: ServiceRequest) -> dict[str, Any]:
    """What stands beside the talk."""
    known = beside.standing(row)
    return {
        "account_manager": known.account_manager,
        "sharers": shares(row),
        "about": beside.about(row),
        "bought_unit": unit_word(row.entitlement.unit) if row.entitlement else "",
        "earlier": earlier(row, g.viewer, EARLIER_SHOWN),
        "belonging": beside.links(row, g.viewer),
        "adding": adding(row),
        **knowledge(row),
        **beside.cards(row, known.has, g.viewer),
    }


def _words(row: ServiceRequest) -> dict[str, Any]:
    """What the columns say, in words."""
    return {
        "label": REQUESTS[row.state],
        "severity": SEVERITIES[row.severity],
        "green": GREEN_CHANNEL.get(row.tier),
        "tier": SEGMENTS[row.tier],
        "internal": INTERNAL if row.is_internal else None,
        "kind": KIND_WORDS[RequestKind(row.kind)],
        "category": category_words(row),
        "channel": CHANNEL_WORDS[Channel(row.channel)],
        "scope": SCOPE_WORDS[Scope(row.scope)],
        "third_party": THIRD_PARTY_WORDS[ThirdParty(row.third_party)] if row.third_party else None,
        "authority": AUTHORITIES.get(row.authority),
        "no_match": NO_MATCH_WORDS[NoMatch(row.no_match)] if row.no_match else None,
        "details": worded(row.details or {}),
    }


def category_words(row: ServiceRequest) -> str:
    """Both levels of what it is about; empty for none."""
    known = choices.categories()
    here = known.get(row.category_id or 0)
    if here is None:
        return ""
    above = known.get(here.parent_id or 0)
    return " / ".join(name_of(each) for each in (above, here) if each is not None)


def _writing(
    row: ServiceRequest, said: Talk, answer: AnswerForm | None, note: NoteForm | None
) -> dict[str, Any]:
    """The two forms, the one that is open, and what may go with an answer."""
    is_open = RequestState(row.state) not in LOCKED
    works = is_open and g.viewer.may(P.REQUEST_WORK)
    notes = is_open and g.viewer.may(P.REQUEST_NOTE)
    return {
        "works": works,
        "answer": _answer_form(row, said, answer) if works and not row.is_internal else None,
        "note": (note or NoteForm(formdata=None, prefix="note-")) if notes else None,
        "writing": "answer" if answer is not None else "note",
        "may_wait": allows(row, RequestStep.WAIT_CUSTOMER),
        "may_resolve": allows(row, RequestStep.RESOLVE),
        "answered": addressee(row),
    }


def _answer_form(row: ServiceRequest, said: Talk, answer: AnswerForm | None) -> AnswerForm:
    """As it was typed, or empty; it says which message was the last one on the page."""
    last = str(said.messages[0].id if said.messages else 0)
    form = answer or AnswerForm(formdata=None, prefix="answer-")
    form.seen.data, form.seen.raw_data = last, None
    form.canned.choices = [("", say(t("Canned replies …"))), *_replies(row)]
    return form


def adding(row: ServiceRequest) -> list[tuple[Text, str]]:
    """What may be added to the request in other rooms, with the addresses; a claim has one of its own."""
    pages = (
        (t("Task or visit"), "desk_tasks.new", P.TASK_WORK),
        (t("Defect"), "desk_defects.new", P.DEFECT_EDIT),
        (t("Feedback sheet"), "desk_feedback.new", P.REQUEST_WORK),
        (t("Chance to sell"), "desk_upsells.new", P.UPSELL_EDIT),
        (t("Claim"), "desk_claims.new", P.CLAIM_DECIDE),
        (t("Call"), "desk_calls.new", P.CALL_WORK),
    )
    found = [(words, reached(page, right, request=row.id)) for words, page, right in pages]
    return [(words, url) for words, url in found if url]


def knowledge(row: ServiceRequest) -> dict[str, str | None]:
    """Where articles about this are looked for, and the piece of a page that suggests some."""
    right = P.KNOWLEDGE_SEE
    return {
        "knowledge_url": reached("desk_knowledge.index", right, ask=row.title),
        "suggest_url": reached("desk_knowledge.suggest", right, q=row.title),
    }


def addressee(row: ServiceRequest) -> Text | str:
    """To whom an answer goes: the firm and its person, or the person alone."""
    if row.customer.label == row.requester_name or not row.requester_name:
        return str(row.customer.label)
    return t("%(firm)s (%(person)s)", firm=row.customer.label, person=row.requester_name)


def _replies(row: ServiceRequest) -> list[tuple[str, str]]:
    return [(str(each.id), each.name) for each in choices.replies(row.kind)]
