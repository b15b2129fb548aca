"""What is planned of a visit, and what its sheet says: pure, checked (REQUIREMENTS K5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from portal.care.rules.kinds import MOODS, NEXT_KINDS, VISIT_KINDS, NextKind, VisitKind
from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t

LONGEST_PURPOSE, LONGEST_PLACE, LONGEST_MET = 160, 240, 300
LONGEST_TEXT, LONGEST_WORDS, LONGEST_STEP, LONGEST_REASON = 4000, 500, 300, 500
LONGEST_PROMISE, MOST_PROMISES = 160, 5
SHORTEST_VISIT, LONGEST_VISIT = 5, 1440


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """What is planned. `starts_at` None: the day alone is agreed."""

    kind: str
    customer_id: int
    visitor_id: int
    planned_on: date
    purpose: str = ""
    starts_at: datetime | None = None
    minutes: int = 60
    contact_id: int | None = None
    site_id: int | None = None
    opportunity_id: int | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """What we said we would do, and by when."""

    text: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What somebody writes down who comes from a visit. `met`: names; `next_as`: what the next step becomes."""

    done_on: date
    met: str = ""
    mood: str = ""
    summary: str = ""
    needs: str = ""
    competitor_id: int | None = None
    competitor_words: str = ""
    next_step: str = ""
    next_on: date | None = None
    next_as: str = NextKind.NONE
    promises: tuple[Promise, ...] = ()


def cleaned_plan(plan: VisitPlan) -> VisitPlan:
    """The plan as it is stored. Raises InvalidMany by field."""
    tidy = replace(plan, purpose=_line(plan.purpose), place=_line(plan.place))
    wrong = _too_long(
        (("purpose", tidy.purpose, LONGEST_PURPOSE), ("place", tidy.place, LONGEST_PLACE))
    )
    if tidy.kind not in VISIT_KINDS:
        wrong["kind"] = t("Choose one of the list.")
    if not tidy.purpose:
        wrong["purpose"] = t("Say what it is for.")
    if not SHORTEST_VISIT <= tidy.minutes <= LONGEST_VISIT:
        wrong["minutes"] = t("From %(least)s minutes to a day.", least=SHORTEST_VISIT)
    if wrong:
        raise InvalidMany(wrong)
    return tidy


def cleaned_sheet(sheet: Sheet, kind: str, today: date) -> Sheet:
    """The sheet as it is stored; promises without words are left out. Raises InvalidMany by field."""
    tidy = replace(
        sheet,
        met=_line(sheet.met),
        summary=sheet.summary.strip(),
        needs=sheet.needs.strip(),
        competitor_words=_line(sheet.competitor_words),
        next_step=_line(sheet.next_step),
        promises=tuple(
            Promise(_line(each.text), each.due_on) for each in sheet.promises if each.text.strip()
        ),
    )
    wrong = _wrong_words(tidy) | _wrong_next(tidy, today) | _wrong_promises(tidy, today)
    if tidy.done_on > today:
        wrong["done_on"] = t("This lies in the future.")
    if not tidy.met and kind != VisitKind.TELEPHONE:
        wrong["met"] = t("Say who was met.")
    if not tidy.summary:
        wrong["summary"] = t("Say in a few words what they said.")
    if wrong:
        raise InvalidMany(wrong)
    return tidy


def _wrong_words(sheet: Sheet) -> dict[str, Text]:
    wrong = _too_long(
        (
            ("met", sheet.met, LONGEST_MET),
            ("summary", sheet.summary, LONGEST_TEXT),
            ("needs", sheet.needs, LONGEST_TEXT),
            ("competitor_words", sheet.competitor_words, LONGEST_WORDS),
            ("next_step", sheet.next_step, LONGEST_STEP),
        )
    )
    if sheet.mood not in {"", *MOODS}:
        wrong["mood"] = t("Choose one of the list.")
    return wrong


def _wrong_next(sheet: Sheet, today: date) -> dict[str, Text]:
    if sheet.next_as not in NEXT_KINDS:
        return {"next_as": t("Choose one of the list.")}
    if sheet.next_as == NextKind.NONE:
        return {}
    wrong: dict[str, Text] = {}
    if not sheet.next_step:
        wrong["next_step"] = t("Say what the next step is.")
    if sheet.next_on is None:
        wrong["next_on"] = t("Say when.")
    elif sheet.next_on < today:
        wrong["next_on"] = t("This day is past.")
    return wrong


def _wrong_promises(sheet: Sheet, today: date) -> dict[str, Text]:
    for each in sheet.promises:
        if len(each.text) > LONGEST_PROMISE:
            return {"promises": t("A promise has at most %(most)s characters.", most=LONGEST_PROMISE)}  # fmt: skip
        if each.due_on is None:
            return {"promises": t("Say by when each promise is kept.")}
        if each.due_on < today:
            return {"promises": t("The day of a promise is past.")}
    if len(sheet.promises) > MOST_PROMISES:
        return {"promises": t("At most %(most)s promises on a sheet.", most=MOST_PROMISES)}
    return {}


def _too_long(fields: Sequence[tuple[str, str, int]]) -> dict[str, Text]:
    return {
        name: t("At most %(most)s characters.", most=most)
        for name, words, most in fields
        if len(words) > most
    }


def _line(words: str) -> str:
    return " ".join(words.split())
