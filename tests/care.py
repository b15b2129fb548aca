"""Visits, notes, lent things and news for tests, made by the same actions as everybody's."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.access.viewer import SYSTEM, Viewer
from portal.care.actions import assets, notes, visits
from portal.care.models import Asset, AssetLoan, MarketEntry, Visit, WatchNote
from portal.care.rules.assets import AssetFacts, LoanFacts
from portal.care.rules.notes import MarketFacts, WatchFacts
from portal.care.rules.visits import Sheet, VisitPlan
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.clock import business_day
from tests.cast import Cast, viewer
from tests.leads import a_lead


def visit_plan(cast: Cast, now: datetime, **changes: Any) -> VisitPlan:
    """Chen Li goes to Harbour Foods tomorrow; `changes` replace what is planned."""
    values: dict[str, Any] = {
        "kind": "on_site", "customer_id": cast.harbour.id, "visitor_id": cast.sales.id,
        "planned_on": business_day(now) + timedelta(days=1), "purpose": "季度回顾",
    }  # fmt: skip
    return VisitPlan(**(values | changes))


def a_visit(cast: Cast, now: datetime, **changes: Any) -> Visit:
    """A planned visit, flushed."""
    visit = visits.plan(visit_plan(cast, now, **changes), SYSTEM, now).visit
    db.session.flush()
    return visit


def sheet_facts(now: datetime, **changes: Any) -> Sheet:
    """What somebody writes who comes back from a visit."""
    values: dict[str, Any] = {
        "done_on": business_day(now), "met": "周敏", "mood": "good", "summary": "仓库要扩到两千平",
    }  # fmt: skip
    return Sheet(**(values | changes))


def a_visit_made(cast: Cast, now: datetime, **changes: Any) -> Visit:
    """A visit of today that was made, flushed."""
    plan = {
        name: changes.pop(name) for name in list(changes) if name in VisitPlan.__dataclass_fields__
    }
    visit = a_visit(cast, now, **({"planned_on": business_day(now)} | plan))
    visits.finish(visit, sheet_facts(now, **changes), viewer(cast.sales), now)
    db.session.flush()
    return visit


def a_note(customer: Customer, now: datetime, *, by: Viewer = SYSTEM, **changes: Any) -> WatchNote:
    """A watch note about the firm, flushed."""
    values: dict[str, Any] = {"subject": "firm", "text": "月底前不谈价", "importance": "high"}
    note = notes.write(customer, WatchFacts(**(values | changes)), by, now)
    db.session.flush()
    return note


def a_price(now: datetime, **changes: Any) -> MarketEntry:
    """What a competitor asks from Shanghai to Hamburg, flushed."""
    values: dict[str, Any] = {
        "kind": "price", "title": "顺捷汉堡线降价", "observed_on": business_day(now), "price": Decimal(1850),
        "currency": "USD", "unit": "40HQ", "origin": "上海", "destination": "汉堡", "source": "客户转来的报价单",
    }  # fmt: skip
    entry = notes.note_market(MarketFacts(**(values | changes)), SYSTEM, now)
    db.session.flush()
    return entry


def a_thing(now: datetime, number: str = "PR-001", **changes: Any) -> Asset:
    """A label printer that is here, flushed."""
    values: dict[str, Any] = {
        "number": number, "name": "斑马标签打印机", "kind": "printer", "worth": Decimal("2600.00"),
        "condition": "九成新",
    }  # fmt: skip
    asset = assets.register(AssetFacts(**(values | changes)), SYSTEM, now)
    db.session.flush()
    return asset


def loan_facts(customer: Customer, on: date, **changes: Any) -> LoanFacts:
    """Lent for a year against CNY 500."""
    values: dict[str, Any] = {
        "customer_id": customer.id, "lent_on": on, "due_on": on + timedelta(days=365),
        "condition_out": "九成新，含电源", "deposit": Decimal("500.00"),
    }  # fmt: skip
    return LoanFacts(**(values | changes))


def a_loan(customer: Customer, now: datetime, number: str = "PR-001", **changes: Any) -> AssetLoan:
    """A printer in the customer's hands, flushed."""
    facts = loan_facts(customer, business_day(now), **changes)
    loan = assets.lend(a_thing(now, number), facts, SYSTEM, now)
    db.session.flush()
    return loan


def care_ids(cast: Cast, now: datetime) -> dict[str, int]:
    """Argument of an address → the id of a row of Harbour Foods, and of a lead in Chen Li's hands."""
    visit = a_visit_made(cast, now)
    return {
        "visit_id": visit.id,
        "watch_notes.note_id": a_note(cast.harbour, now).id,
        "loan_id": a_loan(cast.harbour, now, "ISO-1").id,
        "asset_id": a_thing(now, "ISO-2").id,
        "entry_id": a_price(now).id,
        "lead_id": a_lead(cast, now).id,
    }
