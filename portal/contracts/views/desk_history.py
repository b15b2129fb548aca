"""A contract's history in the reader's words, its amendments' steps among its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, or_, select

from portal.contracts.models import Contract
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.kernel.text import Text, t
from portal.web.timeline import Happening
from portal.web.words import say

NAMES: Mapping[str, Text] = {
    "title": t("Title"),
    "starts_on": t("First day"),
    "ends_on": t("Until"),
    "currency": t("Currency"),
    "payment_days": t("Days to pay"),
    "notice_days": t("Notice"),
    "owner": t("Owner"),
}
PLAIN = ("quotation", "file", "customer", "firm", "from_on", "line", "ended", "kept")


def entries(contract: Contract) -> Select[Any]:
    """Everything that happened to a contract that was fetched for the viewer, and to its amendments."""
    own = and_(AuditEntry.subject_type == "contract", AuditEntry.subject_id == contract.id)
    amendments = and_(
        AuditEntry.subject_type == "contract_amendment",
        AuditEntry.subject_id.in_([each.id for each in contract.amendments]),
    )
    return select(AuditEntry).where(or_(own, amendments))


def latest(contract: Contract, limit: int) -> list[Happening]:
    """The latest entries, newest first."""
    statement = entries(contract).order_by(AuditEntry.id.desc()).limit(limit)
    return [happening(entry) for entry in db.session.scalars(statement)]


def happening(entry: AuditEntry) -> Happening:
    """An entry with what it was about."""
    return Happening(
        entry.at, entry.actor_name, entry.label, details(entry) or None, entry.is_public
    )


def details(entry: AuditEntry) -> str:
    """Why it was done, what it changed, and what it was about."""
    before = entry.before if isinstance(entry.before, dict) else {}
    after = entry.after if isinstance(entry.after, dict) else {}
    changed = [
        f"{say(NAMES[name])}: {before.get(name) or '—'} → {after[name] or '—'}"
        for name in after
        if name in NAMES and name in before and before[name] != after[name]
    ]
    parts = [entry.reason or "", *changed, *(_particular(k, v) for k, v in after.items())]
    return " · ".join(part for part in parts if part)


def _particular(name: str, value: Any) -> str:
    """What a step's entry says beside old and new."""
    if name == "added" and isinstance(value, list):
        return _("Added: %(names)s", names=", ".join(str(each) for each in value[:12]))
    if name == "entitlements":
        return _("%(count)s entitlements granted", count=value)
    return str(value) if name in PLAIN and value else ""
