"""The firm's own outlines of proposals: made, changed, and the first of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.proposals.models import ProposalOutline
from portal.proposals.rules.sections import Part, checked, first_parts, to_json

FIRST = ("标准方案", "Usual proposal")


@dataclass(frozen=True, slots=True)
class Outlined:
    """What an outline says."""

    name_zh: str
    name_en: str
    parts: tuple[Part, ...]
    active: bool = True


def save(
    outline: ProposalOutline | None, said: Outlined, actor: Viewer, now: datetime
) -> ProposalOutline:
    """Make an outline, or write one anew. Invalid for a name that is missing or taken, and for no section."""
    name = said.name_zh.strip()
    if not name:
        raise Invalid(t("Give the outline a name."), "name_zh")
    taken = db.session.scalar(select(ProposalOutline).where(ProposalOutline.name_zh == name))
    if taken is not None and taken is not outline:
        raise Invalid(t("Another outline has this name."), "name_zh")
    parts = checked(said.parts)
    if not parts:
        raise Invalid(t("An outline has at least one section."))
    row = outline or ProposalOutline(created_at=now)
    row.name_zh, row.name_en, row.active = name, said.name_en.strip(), said.active
    row.sections, row.updated_at = to_json(parts), now
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "proposal_outline.changed", row, now, after={"name": name})
    return row


def seed(actor: Viewer, now: datetime) -> None:
    """The usual outline, where the firm has none."""
    if db.session.scalar(select(ProposalOutline.id).limit(1)) is None:
        save(None, Outlined(*FIRST, first_parts()), actor, now)
