"""A person who stands in many places, and requests about their data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.calls.models import Call
from portal.customers.models import Contact, Site
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.privacy.actions import registering
from portal.privacy.actions.registering import NewRequest
from portal.privacy.models import PrivacyRequest
from portal.privacy.rules.kinds import Asked, PersonKind, Proof, Standing
from tests.campaigns import agreed
from tests.cast import Cast, viewer
from tests.service import a_request

NAME, PHONE, EMAIL = "周敏", "138 0013 8000", "zhou@harbour.example"


def add(row: Any) -> Any:
    """The row, flushed."""
    db.session.add(row)
    db.session.flush()
    return row


def a_contact(cast: Cast, now: datetime, **changes: Any) -> Contact:
    """Zhou Min of Harbour Foods, whose coming is in the history."""
    facts = {
        "name": NAME,
        "phone": PHONE,
        "email": EMAIL,
        "wechat": "zm_wx",
        "note": "爱喝茶",
        "position": "经理",
    }
    row = add(Contact(customer_id=cast.harbour.id, **(facts | changes)))
    after = {"name": row.name, "phone": row.phone, "note": row.note, "is_main": False}
    audit.record(viewer(cast.sales), "customer.contact_added", row, now, after=after)
    return row  # type: ignore[no-any-return]


def a_known_contact(cast: Cast, now: datetime) -> Contact:
    """The same, named in a call, a site, a service request, a letter and a list of those who want news."""
    row = a_contact(cast, now)
    add(
        Call(
            customer_id=cast.harbour.id, contact_id=row.id, direction="in", purpose="service", outcome="spoken",
            number=PHONE, digits="13800138000", caller_name=NAME, began_at=now, subject="周敏来电", text="问舱位",
        )
    )  # fmt: skip
    add(
        Site(
            customer_id=cast.harbour.id,
            name="仓库",
            address="港区 1 号",
            contact_name=NAME,
            phone=PHONE,
        )
    )
    a_request(cast, now, text="请回电周敏 13800138000", title="舱位")
    agreed(EMAIL, now)
    post_mail(EMAIL, "request_received", {"name": NAME}, locale="zh_CN", key=f"x:{EMAIL}", now=now)
    audit.record(viewer(cast.sales), "customer.changed", cast.harbour, now, reason="周敏要求改地址")
    db.session.flush()
    return row


def of(row: Any, kind: PersonKind) -> Standing:
    """The row as a place where a person stands."""
    return Standing(kind, row.id)


def asked(
    cast: Cast, now: datetime, *standings: Standing, kind: Asked = Asked.ERASURE
) -> PrivacyRequest:
    """A request about these, with the identity checked."""
    desk = viewer(cast.administrator)
    row = registering.register(NewRequest(kind, NAME, EMAIL, "请删除周敏的资料"), desk, now)
    if standings:
        registering.say_who(row, standings, Proof.CALLED, "回电", desk, now)
    return row
