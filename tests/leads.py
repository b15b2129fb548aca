"""Leads for tests, recorded by the same actions as everybody's."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.access.viewer import SYSTEM, Viewer
from portal.db.base import db
from portal.leads.actions import recording
from portal.leads.models import Lead
from portal.leads.rules.facts import LeadFacts
from portal.leads.rules.kinds import TouchKind
from tests.cast import Cast, viewer


def lead_facts(**changes: Any) -> LeadFacts:
    """A shoe factory in Wenzhou that asks about sea freight; `changes` replace what is known."""
    values: dict[str, Any] = {
        "name": "温州康达鞋业有限公司", "contact_name": "陈志强", "phone": "13905770001", "city": "温州",
        "industry": "鞋业", "source": "fair", "market": "enterprise", "rating": "warm",
        "need": "每月三个40HQ到汉堡", "amount": Decimal("480000.00"),
    }  # fmt: skip
    return LeadFacts(**(values | changes))


def a_lead(cast: Cast, now: datetime, *, by: Viewer | None = None, **changes: Any) -> Lead:
    """A lead in Chen Li's hands (or `by`'s), flushed."""
    lead = recording.record(lead_facts(**changes), by or viewer(cast.sales), now)
    db.session.flush()
    return lead


def in_pool(now: datetime, **changes: Any) -> Lead:
    """A lead that lies in the pool, flushed."""
    lead = recording.record(lead_facts(**changes), SYSTEM, now, to_pool=True)
    db.session.flush()
    return lead


def touch_form(**changes: str) -> dict[str, str]:
    """The note of a call as a browser sends it."""
    sent = {
        "kind": TouchKind.CALL.value, "reached": "1", "on": "2026-03-02", "at": "09:30",
        "text": "要一份汉堡航线报价", "next_on": "2026-03-05", "next_kind": "visit",
    }  # fmt: skip
    return sent | changes


def lead_form(**changes: str) -> dict[str, str]:
    """A lead as a browser sends it."""
    sent = {
        "name": "宁波海曙文具厂", "kind": "company", "contact_name": "王芳", "phone": "0574-87654321",
        "city": "宁波", "need": "小件海运", "amount": "36000", "currency": "CNY", "rating": "hot",
        "source": "online", "market": "",
    }  # fmt: skip
    return sent | changes
