"""Outgoing letters as staff may see them: their state in words, and never what would open a door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.admin.rules.record_words import FIELDS
from portal.db.outbox import OutboxMessage, OutboxState
from portal.hooks.rules.topics import topic_of
from portal.kernel.text import Text, t
from portal.web.labels import Label

S = OutboxState

LETTERS: Mapping[str, Label] = {
    S.PENDING: Label(t("Letter waits"), "info", "hourglass-split"),
    S.SENT: Label(t("Letter sent"), "good", "send-check"),
    S.DEAD: Label(t("Letter given up"), "bad", "exclamation-circle"),
    S.DROPPED: Label(t("Letter not wanted"), "neutral", "envelope-slash"),
}
SHOWN = 200
DOORS = ("path", "token", "secret", "password", "code", "link")
"""Facts of a letter that nobody but its reader may know."""


def topic_words(row: OutboxMessage) -> Text:
    """What it is about; a template of no topic stands under its own name."""
    topic = topic_of(row.template)
    return topic.words if topic else Text(row.template)


def shown_facts(row: OutboxMessage) -> list[tuple[Text, str]]:
    """What it tells in single words and figures, cut short, without what opens a door: links with a key, codes."""
    facts = row.facts if isinstance(row.facts, dict) else {}
    return [
        (FIELDS.get(name, Text(name)), _cut(value))
        for name, value in sorted(facts.items())
        if name not in DOORS and value not in (None, "") and not isinstance(value, dict | list)
    ]


def _cut(value: Any) -> str:
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
