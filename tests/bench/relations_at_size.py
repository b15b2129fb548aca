"""The relationship at size: opportunities, the facts of months, and a million entries of timelines.

One customer in fifty is busy; the busiest of all has a twentieth of everything that happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.accounts.models import StaffRole, User
from portal.calls.models import Call
from portal.care.models import Visit
from portal.customers.models import CreditStanding, HistoryNote
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.insights.models import CustomerMonth
from portal.jobs import first_rows
from portal.opportunities.models import Opportunity, SalesStage
from tests.bench.at_size import NOW, TODAY, write

ADMINISTRATOR_ID = 23
BUSIEST = 77
MONTHS = 12
SAID = "客户询问旺季舱位与冷柜租金，已回复报价有效期；下周三前确认首批装箱计划。"
EVENTS = (
    ("customer.changed", "customer"),
    ("quotation.issued", "quotation"),
    ("contract.activated", "contract"),
    ("request.received", "service_request"),
    ("statement.published", "statement"),
    ("opportunity.moved", "opportunity"),
)
NOTE_KINDS = ("note", "call", "meeting", "mail", "chat")
TITLES = ("冷链仓配项目", "北美海运年约", "欧洲空运包板", "门店配送外包", "展会物流")
SCHEDULE = ((AuditEntry, 60), (HistoryNote, 25), (Call, 10), (Visit, 5))
"""What a hundred entries of a timeline are."""


def is_built() -> bool:
    """Whether this database has its relationship."""
    return db.session.scalar(select(Opportunity.id).limit(1)) is not None


def build(customers: int, opportunities: int, entries: int) -> None:
    """Fill a database that has its people and customers."""
    _people()
    for model, share in SCHEDULE:
        row = {AuditEntry: _entry, HistoryNote: _note, Call: _call, Visit: _visit}[model]
        numbers = range(1, entries * share // 100 + 1)
        write(model, (row(n, _whose(n, customers)) for n in numbers))
    write(CustomerMonth, _months(customers))
    write(CreditStanding, (_standing(n) for n in range(1, customers + 1)))
    stages = db.session.execute(
        select(SalesStage.id, SalesStage.method_id, SalesStage.likelihood, SalesStage.category)
    ).all()
    write(Opportunity, (_opportunity(n, customers, stages) for n in range(1, opportunities + 1)))


def _people() -> None:
    db.session.add(
        User(id=ADMINISTRATOR_ID, email="admin@bench.example", name="郑主任", kind="staff",
             fs_uniquifier="administrator", roles=[StaffRole(role="administrator")])
    )  # fmt: skip
    db.session.flush()
    first_rows.seed(SYSTEM, NOW)
    db.session.commit()


def _whose(number: int, customers: int) -> int:
    return BUSIEST if number % 20 == 0 else number * 7 % customers + 1


def _when(number: int) -> datetime:
    return NOW - timedelta(minutes=number * 37 % 1_576_800)


def _entry(number: int, customer: int) -> dict[str, Any]:
    event, subject = EVENTS[number % len(EVENTS)]
    return {
        "at": _when(number), "actor_id": number % 20 + 1, "actor_name": f"员工{number % 20 + 1}", "event": event,
        "subject_type": subject, "subject_id": customer, "customer_id": customer, "is_public": False,
        "reason": None, "previous_hash": f"{number - 1:064x}", "entry_hash": f"{number:064x}",
    }  # fmt: skip


def _note(number: int, customer: int) -> dict[str, Any]:
    return {
        "customer_id": customer, "kind": NOTE_KINDS[number % len(NOTE_KINDS)], "happened_at": _when(number * 3),
        "subject": TITLES[number % len(TITLES)], "text": SAID, "written_by": number % 20 + 1,
        "created_at": NOW, "updated_at": NOW, "version": 1,
    }  # fmt: skip


def _call(number: int, customer: int) -> dict[str, Any]:
    return {
        "customer_id": customer, "direction": ("in", "out")[number % 2], "purpose": "service", "outcome": "spoken",
        "number": "021-5555", "digits": "0215555", "began_at": _when(number * 5), "handled_by": number % 20 + 1,
        "subject": TITLES[number % len(TITLES)], "text": SAID, "created_at": NOW, "updated_at": NOW, "version": 1,
    }  # fmt: skip


def _visit(number: int, customer: int) -> dict[str, Any]:
    on = _when(number * 11).date()
    return {
        "customer_id": customer, "number": f"VS-{on.year}-{number:06d}", "kind": "on_site", "state": "done",
        "purpose": TITLES[number % len(TITLES)], "planned_on": on, "done_on": on, "visitor_id": number % 20 + 1,
        "met": "采购经理", "summary": SAID, "created_at": NOW, "updated_at": NOW, "version": 1,
    }  # fmt: skip


def _months(customers: int) -> Iterator[dict[str, Any]]:
    first = TODAY.year * 12 + TODAY.month - 1 - MONTHS
    months = [date((first + n) // 12, (first + n) % 12 + 1, 1) for n in range(MONTHS)]
    for customer in range(1, customers + 1):
        for place, month in enumerate(months):
            if (customer + place) % 3 == 0:
                continue
            amount = Decimal(customer * 131 % 90_000 + place * 100 + 500)
            yield {
                "customer_id": customer, "month": month, "currency": "CNY", "net_amount": amount,
                "known_net": amount, "cost_amount": amount * 4 / 5, "order_count": customer % 9 + 1,
                "order_days": customer % 5 + 1, "first_order_on": month, "last_order_on": month,
                "answer_count": 2, "good_count": customer % 3,
            }  # fmt: skip


def _standing(customer: int) -> dict[str, Any]:
    late = customer % 11 == 0
    return {
        "customer_id": customer, "currency": "CNY", "exposure_amount": Decimal(customer % 70_000),
        "overdue_amount": Decimal(customer % 9_000 if late else 0), "overdue_days": 12 if late else 0,
        "worked_out_at": NOW, "version": 1,
    }  # fmt: skip


def _opportunity(number: int, customers: int, stages: Any) -> dict[str, Any]:
    stage, is_open = stages[number % len(stages)], number % 4 == 0
    closes = TODAY + timedelta(days=number % 180 if is_open else -(number % 700) - 1)
    state = "open" if is_open else "won"
    return {
        "customer_id": number * 7 % customers + 1, "number": f"OP-{closes.year}-{number:06d}",
        "title": f"{TITLES[number % len(TITLES)]} {number}", "kind": "new", "state": state,
        "method_id": stage.method_id, "stage_id": stage.id, "entered_stage_at": NOW - timedelta(days=number % 60),
        "owner_id": number % 20 + 1, "amount": Decimal(number * 17 % 400_000 + 1_000), "currency": "CNY",
        "likelihood": stage.likelihood, "category": stage.category, "close_on": closes,
        "closed_on": None if is_open else closes, "search_text": f"op-{number:06d} {TITLES[number % 5]}",
        "created_at": NOW - timedelta(days=90), "updated_at": NOW - timedelta(minutes=number), "version": 1,
    }  # fmt: skip
