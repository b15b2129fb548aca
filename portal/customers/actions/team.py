"""Who of our people looks after a customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access.models import Assignment
from portal.access.viewer import Viewer
from portal.customers import queries
from portal.customers.models import Customer
from portal.customers.rules.kinds import Part
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid
from portal.kernel.text import t


def assign(
    customer: Customer,
    owner_id: int,
    team_ids: Iterable[int],
    actor: Viewer,
    now: datetime,
    *,
    with_branches: bool = False,
) -> Customer:
    """Put a customer into the care of an owner and a team; of its branches too when asked.

    Raises `Invalid` at `owner_id` or `team_ids` for somebody who cannot look after customers.
    """
    known = {user_id for user_id, _ in queries.staff_for_teams()}
    known |= {member.user_id for member in queries.team(customer.id)}
    if owner_id not in known:
        raise Invalid(t("Choose one of the staff."), "owner_id")
    parts = {**dict.fromkeys(team_ids, Part.TEAM), owner_id: Part.OWNER}
    if not set(parts) <= known:
        raise Invalid(t("Choose among the staff."), "team_ids")
    others = queries.branches(customer, actor) if with_branches else []
    for each in (customer, *others):
        _set_parts(each, parts, actor, now)
    return customer


def hand_over(customer: Customer, owner_id: int | None, group: Customer | None) -> None:
    """The first assignments of a new customer: its owner, and for a branch its group's team.

    A customer that a job takes in has no owner until one is assigned.
    """
    parts: dict[int, Part] = {}
    if group is not None:
        parts = {member.user_id: Part.TEAM for member in queries.team(group.id)}
    if owner_id is not None:
        parts[owner_id] = Part.OWNER
    for user_id, part in parts.items():
        db.session.add(Assignment(customer_id=customer.id, user_id=user_id, part=part))
    db.session.flush()


def _set_parts(customer: Customer, parts: Mapping[int, Part], actor: Viewer, now: datetime) -> None:
    before = _in_words(customer.id)
    rows = db.session.scalars(select(Assignment).where(Assignment.customer_id == customer.id))
    held = {row.user_id: row for row in rows}
    for user_id, row in held.items():
        if user_id not in parts:
            db.session.delete(row)
    for user_id, part in parts.items():
        if user_id in held:
            held[user_id].part = part
        else:
            db.session.add(Assignment(customer_id=customer.id, user_id=user_id, part=part))
    db.session.flush()
    after = _in_words(customer.id)
    if after != before:
        audit.record(actor, "customer.assigned", customer, now, before=before, after=after)


def _in_words(customer_id: int) -> dict[str, Any]:
    people = queries.team(customer_id)
    return {
        "owner": next((p.name for p in people if p.part == Part.OWNER), ""),
        "team": [p.name for p in people if p.part != Part.OWNER],
    }
