"""Service requests at size: most of them closed, ten thousand open, each with what was said about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from portal.accounts.models import StaffRole, User
from portal.customers.models import Membership
from portal.db.base import db
from portal.kernel.pinyin import search_words
from portal.service_requests.models import (
    InternalNote,
    RequestCategory,
    RequestClock,
    RequestMessage,
    ServiceRequest,
)
from portal.service_requests.rules.ranking import rank
from tests.bench.at_size import NOW, write

SERVICE_ID = 22
SEGMENTS = ("ordinary", "mid", "vip")
KINDS = ("enquiry", "problem", "complaint", "order_help", "claim", "return")
TITLES = (
    "货物外包装破损",
    "查询到港时间",
    "提单更改收货人",
    "码头费用有疑问",
    "退货少一箱",
    "要求开箱照片",
)
SAID = "请协助核实这一票的情况，并告知预计处理时间。箱封完好，外箱有压痕，已拍照。"
OPEN_STATES = ("new", "accepted", "in_progress", "waiting_customer", "waiting_third_party")
DAYS = 700


def is_built() -> bool:
    """Whether this database has its requests."""
    return db.session.scalar(select(ServiceRequest.id).limit(1)) is not None


def build(customers: int, requests: int, notes: int, still_open: int) -> None:
    """Fill a database that has its people and customers; six notes of ten are messages, the rest is internal."""
    _people()
    write(RequestCategory, map(_category, range(1, len(TITLES) + 1)))
    first_open = requests - still_open
    every = range(1, requests + 1)
    write(ServiceRequest, (_request(n, customers, n > first_open) for n in every))
    each = notes // requests
    messages = max(each * 6 // 10, 1)
    write(RequestMessage, _said(every, customers, messages, _message))
    write(InternalNote, _said(every, customers, each - messages, _note))
    write(RequestClock, (row for n in every for row in _clocks(n, customers, n > first_open)))


def forget_what_was_told() -> None:
    """As if no clock had been told of yet."""
    marks = ("warned_at", "breached_at", "escalate_at", "escalated_at")
    db.session.execute(update(RequestClock).values(dict.fromkeys(marks)))
    db.session.commit()


def _people() -> None:
    db.session.add(
        User(id=SERVICE_ID, email="service@bench.example", name="吴客服", kind="staff", fs_uniquifier="service",
             roles=[StaffRole(role="service_manager")])
    )  # fmt: skip
    powers = ["administer", "book", "dispute_bills", "raise_requests", "see_bills", "see_contracts"]
    mine = update(Membership).where(Membership.user_id == 100)
    db.session.execute(mine.values(powers=powers))
    db.session.commit()


def _category(number: int) -> dict[str, Any]:
    return {
        "id": number, "code": f"B{number}", "name_zh": TITLES[number - 1], "kinds": [], "position": number,
        "active": True, "version": 1,
    }  # fmt: skip


def _customer(number: int, customers: int) -> int:
    return number * 7 % customers + 1


def _received(number: int, is_open: bool) -> datetime:
    ago = number * 13 % 5760 if is_open else 5760 + number * 97 % (DAYS * 1440)
    return NOW - timedelta(minutes=ago)


def _request(number: int, customers: int, is_open: bool) -> dict[str, Any]:
    customer, at = _customer(number, customers), _received(number, is_open)
    tier, severity = SEGMENTS[customer % 3], number % 4 + 1
    title, code = TITLES[number % len(TITLES)], f"SR-{at.year}-{number:06d}"
    ended = None if is_open else at + timedelta(hours=number % 90 + 1)
    state = OPEN_STATES[number % len(OPEN_STATES)] if is_open else "closed"
    return {
        "id": number, "number": code, "state": state, "is_open": is_open, "kind": KINDS[number % len(KINDS)],
        "is_internal": False, "channel": "portal", "severity": severity, "tier": tier, "rank": rank(tier, severity),
        "scope": "one", "category_id": number % len(TITLES) + 1, "title": title, "text": SAID,
        "requester_kind": "customer", "requester_name": f"联系人{customer}", "authority": "not_needed",
        "no_match": "general", "owner_id": number % 20 + 1 if number % 5 else SERVICE_ID, "received_at": at,
        "resolved_at": ended, "closed_at": ended, "customer_id": customer, "context": {}, "details": {},
        "next_due_at": at + timedelta(hours=number % 96 + 1) if is_open else None, "last_message_at": at,
        "customer_waits": is_open, "solution": "" if is_open else "已核实并答复客户。",
        "search_text": search_words(code, title, f"C{customer:05d}"), "created_at": at, "updated_at": at,
        "version": 1,
    }  # fmt: skip


def _said(every: range, customers: int, each: int, row: Any) -> Iterator[dict[str, Any]]:
    for number in every:
        for place in range(each):
            yield row(number, _customer(number, customers), place)


def _message(number: int, customer: int, place: int) -> dict[str, Any]:
    side = ("customer", "staff")[place % 2]
    return {**_written(number, customer, place), "side": side}


def _note(number: int, customer: int, place: int) -> dict[str, Any]:
    return _written(number, customer, place)


def _written(number: int, customer: int, place: int) -> dict[str, Any]:
    return {
        "customer_id": customer, "request_id": number, "text": SAID, "author_name": "吴客服",
        "written_at": NOW - timedelta(days=3, minutes=number % 4000 - place * 30),
    }  # fmt: skip


def _clocks(number: int, customers: int, is_open: bool) -> Iterator[dict[str, Any]]:
    at = _received(number, is_open)
    for kind, hours in (("accept", 1), ("first_reply", 4), ("resolve", number % 96 + 1)):
        due = at + timedelta(hours=hours)
        runs = is_open and kind == "resolve"
        yield {
            "customer_id": _customer(number, customers), "request_id": number, "kind": kind, "code": "", "round": 1,
            "state": "running" if runs else "met", "unit": "working_minutes", "amount": hours * 60, "started_at": at,
            "due_at": due, "warn_at": due - timedelta(minutes=15 * hours), "warn_percent": 75,
            "met_at": None if runs else at + timedelta(minutes=30), "rests": [], "pauses": True,
        }  # fmt: skip
