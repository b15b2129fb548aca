"""What is noted of a call, and of one that is still to be made: pure, checked (REQUIREMENTS S14)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from portal.calls.rules.kinds import Direction, Outcome, Purpose
from portal.kernel.errors import InvalidMany
from portal.kernel.phones import first_key
from portal.kernel.text import Text, t

LONGEST_NUMBER, LONGEST_NAME, LONGEST_SUBJECT = 40, 80, 160
LONGEST_TEXT, LONGEST_PLAN, LONGEST_REASON = 8000, 1000, 300
LONGEST_CALL = 24 * 3600
AHEAD = timedelta(minutes=10)
"""Clocks of telephones differ: so much in the future is still now."""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """One call as it was; `seconds` of talk, None where nobody counted them."""

    direction: Direction
    began_at: datetime
    purpose: Purpose = Purpose.SERVICE
    outcome: Outcome = Outcome.SPOKEN
    number: str = ""
    caller_name: str = ""
    customer_id: int | None = None
    contact_id: int | None = None
    seconds: int | None = None
    subject: str = ""
    text: str = ""
    request_id: int | None = None

    @property
    def digits(self) -> str:
        """The key that the number is looked up by; "" for one that is none."""
        return first_key(self.number)


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """One call to be made."""

    purpose: Purpose
    due_at: datetime
    number: str = ""
    name: str = ""
    customer_id: int | None = None
    contact_id: int | None = None
    assignee_id: int | None = None
    text: str = ""
    request_id: int | None = None


def cleaned_call(facts: CallFacts, now: datetime) -> CallFacts:
    """The facts as they are stored. Raises InvalidMany by field."""
    tidy = replace(
        facts,
        number=_line(facts.number),
        caller_name=_line(facts.caller_name),
        subject=_line(facts.subject),
        text=facts.text.strip(),
    )
    wrong = _too_long({
        "number": (tidy.number, LONGEST_NUMBER),
        "caller_name": (tidy.caller_name, LONGEST_NAME),
        "subject": (tidy.subject, LONGEST_SUBJECT),
        "text": (tidy.text, LONGEST_TEXT),
    })  # fmt: skip
    if not (tidy.number or tidy.customer_id or tidy.caller_name):
        wrong["number"] = t("Note the number, the customer or at least a name.")
    if tidy.outcome is Outcome.SPOKEN and not tidy.subject:
        wrong["subject"] = t("Say in a few words what it was about.")
    if tidy.began_at > now + AHEAD:
        wrong["began_at"] = t("This lies in the future: plan the call instead.")
    if tidy.seconds is not None and not 0 <= tidy.seconds <= LONGEST_CALL:
        wrong["seconds"] = t("A call lasts at most a day.")
    if wrong:
        raise InvalidMany(wrong)
    return tidy


def cleaned_plan(facts: PlanFacts) -> PlanFacts:
    """The facts as they are stored. Raises InvalidMany by field."""
    tidy = replace(
        facts, number=_line(facts.number), name=_line(facts.name), text=facts.text.strip()
    )
    wrong = _too_long({
        "number": (tidy.number, LONGEST_NUMBER),
        "name": (tidy.name, LONGEST_NAME),
        "text": (tidy.text, LONGEST_PLAN),
    })  # fmt: skip
    if not (tidy.number or tidy.customer_id):
        wrong["number"] = t("Say whom to call: a number or a customer.")
    if wrong:
        raise InvalidMany(wrong)
    return tidy


def _too_long(fields: dict[str, tuple[str, int]]) -> dict[str, Text]:
    return {
        name: t("At most %(most)s characters.", most=most)
        for name, (words, most) in fields.items()
        if len(words) > most
    }


def _line(words: str) -> str:
    return " ".join(words.split())
