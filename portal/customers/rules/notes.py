"""What a person tells of a customer's history, and when it makes sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from portal.customers.rules.kinds import NOTE_KINDS
from portal.kernel.errors import InvalidMany
from portal.kernel.pinyin import normalise
from portal.kernel.text import Text, t

SUBJECT_LENGTH, TEXT_LENGTH = 160, 8_000
NOTE_FIELDS: Mapping[str, Text] = {
    "kind": t("Kind"),
    "happened_on": t("Day"),
    "happened_time": t("Time"),
    "contact_id": t("With whom"),
    "subject": t("Subject"),
    "text": t("What was said or done"),
}


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """A talk, a meeting, a letter; `contact_id` names a person at the customer."""

    kind: str
    happened_at: datetime
    subject: str = ""
    text: str = ""
    contact_id: int | None = None


def cleaned_note(facts: NoteFacts, now: datetime) -> NoteFacts:
    """The facts as they are stored. Raises `InvalidMany`: what is still to come (at `happened_on`) is no history."""
    tidy = replace(facts, subject=normalise(facts.subject), text=facts.text.strip())
    found: dict[str, Text] = {}
    if tidy.kind not in NOTE_KINDS:
        found["kind"] = t("Choose one of the list.")
    if tidy.happened_at > now:
        found["happened_on"] = t("This is still to come.")
    if not tidy.subject and not tidy.text:
        found["text"] = t("Say in a word what happened.")
    if len(tidy.subject) > SUBJECT_LENGTH:
        found["subject"] = t("At most %(count)s characters.", count=SUBJECT_LENGTH)
    if len(tidy.text) > TEXT_LENGTH:
        found["text"] = t("At most %(count)s characters.", count=TEXT_LENGTH)
    if found:
        raise InvalidMany(found)
    return tidy
