"""The desk's list of requests: the latest due first, how bad it is, whose it is; filters, search, files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import g, request, url_for
from markupsafe import Markup
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import defer, joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.customers.rules.kinds import SEGMENTS
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.pinyin import normalise
from portal.kernel.text import Text, t
from portal.service_requests.clock_labels import due_label
from portal.service_requests.labels import GREEN_ONE, REQUESTS, SEVERITIES
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries.choices import categories, colleagues
from portal.service_requests.rules.kinds import CHANNEL_WORDS, KIND_WORDS, Channel, RequestKind
from portal.service_requests.rules.ranking import GREEN
from portal.service_requests.views.request_queues import QUEUES, in_queue
from portal.web.chips import chip
from portal.web.filters import instant
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.stepping import as_id
from portal.web.words import name_of, say

R = ServiceRequest
ANY = ("", t("Any"))
NUMBER = re.compile(r"sr-\d{4}-\d{6}")
NAMES = (Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)
UNDER = Markup('{}<div class="item-note">{}</div>')


def requests_in(queue: str, viewer: Viewer) -> Select[Any]:
    """The rows of a queue with customer and owner, without what only the work page reads."""
    return in_queue(queue, viewer).options(
        joinedload(R.customer).load_only(*NAMES),
        joinedload(R.owner).load_only(User.name).lazyload(User.roles),
        *(defer(column) for column in (R.text, R.solution, R.search_text, R.context, R.details)),
    )


def list_of(queue: str) -> ListSpec:
    """The list as a queue shows it at first; narrowed to one customer where its page led here."""
    empty = Empty(QUEUES[queue].empty, t("New requests come by the portal, or you write down what was said."),
                  t("New request"), "desk_requests.new", P.REQUEST_RAISE)  # fmt: skip
    spec = replace(REQUESTS_LIST, sort=QUEUES[queue].sort, empty=empty)
    if request.args.get("customer"):
        return replace(spec, filters=(*spec.filters, CUSTOMER))
    return spec


def found(statement: Select[Any], words: str) -> Select[Any]:
    """Narrowed to what each word names: number, title, people, references, the customer in Chinese or pinyin.

    A whole number is looked up; anything else is searched for, which reads every row.
    """
    joined = statement.join(Customer, Customer.id == R.customer_id)
    for word in normalise(words).lower().split()[:8]:
        if NUMBER.fullmatch(word):
            joined = joined.where(R.number == word.upper())
            continue
        named = R.search_text.contains(word, autoescape=True)
        joined = joined.where(or_(named, Customer.search_text.contains(word, autoescape=True)))
    return joined


def _one_of(column: Any, known: Any) -> Callable[[Select[Any], str], Select[Any]]:
    """Narrowing by a known value; anything else narrows nothing."""
    return lambda statement, value: (
        statement.where(column == value) if value in {str(each) for each in known} else statement
    )


def _by_category(statement: Select[Any], value: str) -> Select[Any]:
    chosen = as_id(value)
    if chosen is None:
        return statement
    below = [each.id for each in categories().values() if each.parent_id == chosen]
    return statement.where(R.category_id.in_([chosen, *below]))


def _category_options() -> list[tuple[str, Any]]:
    known = categories().values()
    ordered = [
        each
        for above in known
        if above.parent_id is None
        for each in (above, *(one for one in known if one.parent_id == above.id))
    ]
    return [ANY, *((str(each.id), _indented(each)) for each in ordered)]


def _indented(each: Any) -> str:
    return f"　{name_of(each)}" if each.parent_id else name_of(each)


def _by_tier(statement: Select[Any], value: str) -> Select[Any]:
    if value == "green":
        return statement.where(R.tier.in_(sorted(GREEN)))
    return _one_of(R.tier, SEGMENTS)(statement, value)


def _by_owner(statement: Select[Any], value: str) -> Select[Any]:
    if value == "nobody":
        return statement.where(R.owner_id.is_(None))
    return statement.where(R.owner_id == as_id(value)) if as_id(value) else statement


def _owners() -> list[tuple[str, Any]]:
    return [ANY, ("nobody", t("Nobody")), *((str(row_id), name) for row_id, name in colleagues())]


def _customer_options() -> list[tuple[str, Any]]:
    chosen = as_id(request.args.get("customer"))
    wanted = visible(select(Customer), Customer, g.viewer).where(Customer.id == chosen)
    row = db.session.scalar(wanted)
    return [ANY, *([(str(chosen), row.label)] if row else [])]


CUSTOMER = Filter(
    "customer", t("Customer"), _customer_options, lambda s, value: s.where(R.customer_id == as_id(value))
)  # fmt: skip


def _title(row: ServiceRequest) -> Markup:
    kind: Any = KIND_WORDS[RequestKind(row.kind)]
    category = categories().get(row.category_id or 0)
    note = " · ".join(filter(None, (say(kind), name_of(category) if category else "")))
    return UNDER.format(row.title, note)


def _customer(row: ServiceRequest) -> Any:
    if row.tier not in GREEN:
        return row.customer.label
    return UNDER.format(row.customer.label, chip(GREEN_ONE))


def _due(row: ServiceRequest) -> Any:
    label = due_label(row.next_due_at, clock.now()) if row.is_open else None
    return chip(label) if label else ""


def _looks(row: ServiceRequest) -> str:
    if not row.is_open:
        return "row-muted"
    return "row-bad" if row.next_due_at and row.next_due_at < clock.now() else ""


def _category_name(row: ServiceRequest) -> str:
    category = categories().get(row.category_id or 0)
    return name_of(category) if category else ""


def _in_file(key: str, label: Text, read: Callable[[ServiceRequest], Any]) -> Column:
    return Column(key, label, read, value=read, only_in_files=True)


REQUESTS_LIST = ListSpec(
    key="requests",
    columns=(
        Column("number", t("Number"), lambda r: r.number, sort=R.number),
        Column("title", t("What it is about"), _title, value=lambda r: r.title),
        Column("customer", t("Customer"), _customer, value=lambda r: r.customer.name_zh),
        Column("severity", t("Severity"), lambda r: chip(SEVERITIES[r.severity]), sort=R.rank,
               value=lambda r: say(SEVERITIES[r.severity].text)),
        Column("due", t("Due time"), _due, sort=R.queue_at, value=lambda r: r.next_due_at),
        Column("state", t("State"), lambda r: chip(REQUESTS[r.state]),
               value=lambda r: say(REQUESTS[r.state].text)),
        Column("owner", t("Owner"), lambda r: r.owner.name if r.owner else "—",
               value=lambda r: r.owner.name if r.owner else ""),
        Column("received", t("Received"), lambda r: instant(r.received_at), sort=R.received_at,
               value=lambda r: r.received_at, only_in_files=True),
        _in_file("kind", t("Kind"), lambda r: say(KIND_WORDS[RequestKind(r.kind)])),
        _in_file("category", t("Category"), _category_name),
        _in_file("tier", t("Tier"), lambda r: say(SEGMENTS[r.tier])),
        _in_file("channel", t("How it came"), lambda r: say(CHANNEL_WORDS[Channel(r.channel)])),
        _in_file("code", t("Customer code"), lambda r: r.customer.code),
        _in_file("requester", t("Asked by"), lambda r: r.requester_name),
        _in_file("accepted", t("Accepted"), lambda r: r.accepted_at),
        _in_file("first_reply", t("First answer"), lambda r: r.first_reply_at),
        _in_file("resolved", t("Resolved"), lambda r: r.resolved_at),
        _in_file("closed", t("Case closed"), lambda r: r.closed_at),
        _in_file("promised", t("Promised date"), lambda r: r.promised_on),
    ),
    row_id=R.id,
    sort="due",
    url=lambda r: url_for("desk_requests.show", request_id=r.id),
    filters=(
        Filter("severity", t("Severity"), lambda: [ANY, *((str(n), w.text) for n, w in SEVERITIES.items())],
               lambda s, value: s.where(R.severity == int(value)) if value in ("1", "2", "3", "4") else s),
        Filter("tier", t("Tier"), lambda: [ANY, ("green", t("Green channel")), *SEGMENTS.items()], _by_tier),
        Filter("kind", t("Kind"), lambda: [ANY, *KIND_WORDS.items()], _one_of(R.kind, KIND_WORDS)),
        Filter("category", t("Category"), _category_options, _by_category),
        Filter("state", t("State"), lambda: [ANY, *((s, w.text) for s, w in REQUESTS.items())],
               _one_of(R.state, REQUESTS)),
        Filter("owner", t("Owner"), _owners, _by_owner),
    ),
    search=found,
    search_hint=t("Number, words, customer, pinyin …"),
    row_classes=_looks,
    empty=Empty(t("No requests yet."), t("New requests come by the portal, or you write down what was said.")),
)  # fmt: skip
