"""History holds whatever zone an instant was told in."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from portal.db import audit
from portal.db.base import db
from tests.cast import Cast, viewer


def test_an_instant_told_in_another_zone_keeps_the_chain_whole(cast: Cast, now: datetime) -> None:
    there = now.astimezone(ZoneInfo("Asia/Shanghai"))
    audit.record(viewer(cast.sales), "customer.changed", cast.harbour, there, reason="地址")
    db.session.commit()
    db.session.expire_all()
    assert audit.first_broken_link() is None
    assert audit.timeline(cast.harbour, public_only=False)[0].at == now
