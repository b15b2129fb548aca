"""Values of a customer's fields in words, and its history as a reader sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from portal.access.labels import POWER_LABELS
from portal.access.permissions import Power
from portal.customers.rules import kinds
from portal.customers.rules.people import CONTACT_FIELDS, GRANT_FIELDS, SITE_FIELDS
from portal.customers.rules.profile import FIELDS, SORTED_BY
from portal.kernel.text import Text, t
from portal.web.words import say

CLASSES = {"state": t("Relationship"), "abc": t("Class"), "structure": t("Importance")}
LABELS: Mapping[str, Mapping[str, Text]] = {
    "customer": {**FIELDS, "owner": t("Account manager"), "team": t("Team"), **CLASSES},
    "contact": {name: text for name, text in CONTACT_FIELDS.items() if name != "reports_to_id"},
    "site": SITE_FIELDS,
    "membership": {**GRANT_FIELDS, "name": t("Name"), "email": t("Mail")},
}
CHOICES: Mapping[str, Mapping[str, Text]] = {
    "kind": kinds.KINDS,
    "segment": kinds.SEGMENTS,
    "state": kinds.CUSTOMER_STATES,
    "structure": kinds.STRUCTURES,
    **SORTED_BY,
    "influence": kinds.INFLUENCES,
    "attitude": kinds.ATTITUDES,
    "billing": kinds.BILLINGS,
    "document_language": kinds.DOCUMENT_LANGUAGES,
    "purpose": kinds.SITE_PURPOSES,
    "powers": {str(power): text for power, text in POWER_LABELS.items()},
}
NAMING = ("code", "name", "position", "powers")


def in_words(field: str, value: Any) -> str:
    """A field's value as a person reads it; a dash for nothing."""
    known = CHOICES.get(field, {})
    if isinstance(value, list):
        return _(", ").join(say(known[v]) if v in known else str(v) for v in value) or "—"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if value in (None, ""):
        return "—"
    return say(known[value]) if value in known else str(value)


def powers_in_words(powers: frozenset[Power]) -> str:
    """The powers in the table's order, or in one word."""
    if powers == frozenset(Power):
        return _("Everything")
    return in_words("powers", [str(power) for power in Power if power in powers])


def details_of(subject_type: str, before: Any, after: Any) -> str:
    """What changed, field by field; of something new or gone what it was called."""
    labels = LABELS.get(subject_type, {})
    before, after = before or {}, after or {}
    if not labels or not isinstance(before, dict) or not isinstance(after, dict):
        return ""
    if before and after:
        changed = [
            f"{say(labels[name])}: {in_words(name, before.get(name))} → {in_words(name, after[name])}"
            for name in after
            if name in labels and before.get(name) != after[name]
        ]
        return _("; ").join([*changed, *([say(Text.from_json(after["why"]))] if "why" in after else [])])  # fmt: skip
    return " · ".join(in_words(n, v) for n in NAMING if (v := (after or before).get(n)))
