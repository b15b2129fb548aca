"""What came of a job, in the reader's language: jobs note it in short English, `3 sent, 0 to be tried again`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from portal.kernel.text import Text, t

COUNTED: Mapping[str, Text] = {
    "": t("%(n)s worked on"),
    "asked": t("%(n)s asked"),
    "billed": t("%(n)s billed"),
    "carried over": t("%(n)s carried over"),
    "cleared away": t("%(n)s cleared away"),
    "closed": t("%(n)s closed"),
    "confirmed by silence": t("%(n)s confirmed by silence"),
    "customers wait": t("customers waiting: %(n)s"),
    "delivered": t("%(n)s delivered"),
    "earned": t("bills that earned points: %(n)s"),
    "ended": t("overrides ended: %(n)s"),
    "escalated": t("%(n)s escalated"),
    "forgotten": t("%(n)s forgotten"),
    "given up": t("%(n)s given up"),
    "held back": t("%(n)s held back"),
    "in part": t("%(n)s in part"),
    "lapsed": t("%(n)s lapsed"),
    "leads fell back": t("leads fallen back: %(n)s"),
    "letters": t("letters: %(n)s"),
    "near it": t("%(n)s near it"),
    "overdue": t("%(n)s overdue"),
    "points expired": t("points expired: %(n)s"),
    "posted": t("%(n)s posted"),
    "reminders": t("reminders: %(n)s"),
    "return visits planned": t("return visits planned: %(n)s"),
    "run out": t("%(n)s run out"),
    "sent": t("%(n)s sent"),
    "statements": t("statements: %(n)s"),
    "states changed": t("states changed: %(n)s"),
    "sums changed": t("sums changed: %(n)s"),
    "taken back": t("%(n)s taken back"),
    "to be told": t("%(n)s to be told"),
    "to be tried again": t("%(n)s to be tried again"),
    "visits planned": t("visits planned: %(n)s"),
    "warned": t("%(n)s warned"),
    "worked out": t("%(n)s worked out"),
}
PLAIN: Mapping[str, Text] = {
    "alive": t("alive"),
    "at work elsewhere": t("at work elsewhere"),
}
NOTHING = t("nothing to do")
_COUNT = re.compile(r"(\d+)(?: (.+))?")
_MONTH = re.compile(r"(\d{4}-\d{2}) started")
_FAILURE = re.compile(r"failed: (\w+)")


def told(note: str) -> list[Text] | None:
    """The parts of a note that say something; None for words that nobody here knows, which are shown as they are."""
    if not note:
        return []
    parts = [_part(piece) for piece in note.split(", ")]
    if None in parts:
        return None
    said = [text for text, counts in filter(None, parts) if counts]
    return said or [NOTHING]


def _part(piece: str) -> tuple[Text, bool] | None:
    """(words, whether they count for anything)."""
    if piece in PLAIN:
        return PLAIN[piece], True
    if found := _MONTH.fullmatch(piece):
        return t("%(month)s started", month=found[1]), True
    if found := _FAILURE.fullmatch(piece):
        return t("failed: %(fault)s", fault=found[1]), True
    found = _COUNT.fullmatch(piece)
    words = COUNTED.get(found[2] or "") if found else None
    if found is None or words is None:
        return None
    return t(words.msgid, n=int(found[1])), int(found[1]) > 0
