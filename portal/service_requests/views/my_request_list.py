"""The customer's list of requests: what waits for an answer first, then what is with us, then what is over."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.kernel.text import t
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries import mine
from portal.service_requests.rules.kinds import CUSTOMER_KINDS, KIND_WORDS
from portal.service_requests.rules.states import RequestState
from portal.service_requests.views.my_words import MY_REQUESTS
from portal.web.chips import chip
from portal.web.filters import instant
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

R, S = ServiceRequest, RequestState
ANY = ("", t("any"))
STATES = {
    "open": t("Open"),
    "me": t("Waits for your answer"),
    S.RESOLVED.value: t("Solved"),
    "over": t("Over"),
}


def _state(statement: Select[Any], value: str) -> Select[Any]:
    if value == "open":
        return statement.where(R.is_open.is_(True))
    if value == "me":
        return statement.where(R.state == S.WAITING_CUSTOMER.value)
    if value == "over":
        return statement.where(R.is_open.is_(False), R.state != S.RESOLVED.value)
    return statement.where(R.state == value) if value == S.RESOLVED else statement


def _kind(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(R.kind == value) if value in set(CUSTOMER_KINDS) else statement


COLUMNS = (
    Column("title", t("Request"), lambda r: r.title),
    Column("number", t("Number"), lambda r: r.number, sort=R.number),
    Column("kind", t("Kind"), lambda r: say(KIND_WORDS[r.kind])),
    Column("state", t("State"), lambda r: chip(MY_REQUESTS[r.state]), sort=mine.WAITING,
           value=lambda r: say(MY_REQUESTS[r.state].text)),
    Column("received", t("Received"), lambda r: instant(r.received_at), sort=R.received_at,
           value=lambda r: r.received_at),
    Column("last", t("Last message"), lambda r: instant(r.last_message_at) if r.last_message_at else "",
           value=lambda r: r.last_message_at),
)  # fmt: skip
FILTERS = (
    Filter("state", t("State"), lambda: [ANY, *STATES.items()], _state),
    Filter("kind", t("Kind"), lambda: [ANY, *((k.value, KIND_WORDS[k]) for k in CUSTOMER_KINDS)], _kind),
)  # fmt: skip
NOTHING = Empty(
    t("No requests yet"),
    t("Ask, report a problem, complain or claim: on one page, with photographs from the phone."),
    t("Ask us"),
    "my_requests.new",
    Permission.REQUEST_RAISE,
)
OWNER = Column("customer", t("Customer"), lambda r: name_of(r.customer))


def requests_list(viewer: Viewer) -> ListSpec:
    """The list; who sees several customers reads whose each request is."""
    several = len(viewer.customer_ids or ()) > 1
    return ListSpec(
        key="requests",
        columns=(COLUMNS[0], OWNER, *COLUMNS[1:]) if several else COLUMNS,
        row_id=R.id,
        sort="-state",
        url=lambda r: url_for("my_requests.show", request_id=r.id),
        row_classes=lambda r: "row-warn" if r.state == S.WAITING_CUSTOMER else "",
        filters=FILTERS,
        search=mine.search,
        search_hint=t("Number, words, pinyin …"),
        empty=NOTHING,
    )
