"""A quotation's history in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from portal.db.audit import AuditEntry
from portal.kernel.text import Text, t
from portal.web.timeline import Happening
from portal.web.words import say

NAMES: Mapping[str, Text] = {
    "valid_until": t("Valid until"),
    "language": t("Language of the paper"),
    "title": t("Title"),
    "origin": t("From"),
    "destination": t("To"),
    "discount": t("Discount"),
    "owner": t("Owner"),
}


def happening(entry: AuditEntry) -> Happening:
    """An entry with what it was about."""
    why = entry.reason or _details(entry) or None
    return Happening(entry.at, entry.actor_name, entry.label, why, entry.is_public)


def _details(entry: AuditEntry) -> str:
    before = entry.before if isinstance(entry.before, dict) else {}
    after = entry.after if isinstance(entry.after, dict) else {}
    parts = [_particular(name, value) for name, value in after.items()]
    changed = [
        f"{say(NAMES[name])}: {before.get(name) or '—'} → {after[name] or '—'}"
        for name in after
        if name in NAMES and name in before and before[name] != after[name]
    ]
    if entry.event == "quotation.repriced":
        changed = [f"{name} {before.get(name) or '—'} → {after[name] or '—'}" for name in after]
    return " · ".join(part for part in (*changed, *parts) if part)


def _particular(name: str, value: Any) -> str:
    """What a step's entry says beside old and new."""
    if name == "version":
        return _("Version %(no)s", no=value)
    if name == "added" and isinstance(value, list):
        return _("Added: %(names)s", names=" ".join(str(each) for each in value[:12]))
    words = {
        "moved": _("Moved: %(name)s", name=value),
        "bundle": _("Bundle: %(name)s", name=value),
        "name": str(value),
        "to": str(value),
        "question": str(value),
        "answer": str(value),
    }
    return words.get(name, "")
