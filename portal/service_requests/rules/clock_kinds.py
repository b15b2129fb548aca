"""Which clocks a request has, and how their time is counted (REQUIREMENTS S3, DOMAIN T5-T7, section 17)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class ClockKind(StrEnum):
    """What has to happen before the clock runs out. LEGAL ones are named by their deadline's code."""

    ACCEPT = "accept"
    FIRST_REPLY = "first_reply"
    PLAN = "plan"  # the customer is told what will be done
    RESOLVE = "resolve"
    LEGAL = "legal"


class ClockState(StrEnum):
    """Where a clock is; late is read from `due_at`, not kept."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    CANCELLED = "cancelled"


class TimeUnit(StrEnum):
    """How time is counted: minutes and days of work by China's calendar, or as they pass."""

    WORKING_MINUTES = "working_minutes"
    WORKING_DAYS = "working_days"
    NATURAL_MINUTES = "natural_minutes"
    NATURAL_DAYS = "natural_days"


class Mode(StrEnum):
    """How goods travelled: law and deadlines go by it (DOMAIN T5-T8)."""

    SEA = "sea"
    ROAD = "road"
    RAIL = "rail"
    AIR = "air"
    EXPRESS = "express"
    POST = "post"
    STORAGE = "storage"
    OTHER = "other"


class Duty(StrEnum):
    """What a statutory or contract deadline is for."""

    COMPLAINT_ANSWER = "complaint_answer"  # treat it and tell the user
    APPEAL_ANSWER = "appeal_answer"
    PARCEL_ENQUIRY = "parcel_enquiry"
    CLAIM_NOTICE = "claim_notice"  # by when the customer must have notified damage
    CLAIM_ANSWER = "claim_answer"
    CLAIM_SUIT = "claim_suit"  # limitation of action, recourse against carriers


CLOCK_WORDS: Mapping[ClockKind, Text] = {
    ClockKind.ACCEPT: t("Take on"),
    ClockKind.FIRST_REPLY: t("First answer"),
    ClockKind.PLAN: t("Tell the plan"),
    ClockKind.RESOLVE: t("Solve"),
    ClockKind.LEGAL: t("Deadline of law or contract"),
}

UNIT_WORDS: Mapping[TimeUnit, Text] = {
    TimeUnit.WORKING_MINUTES: t("minutes of working time"),
    TimeUnit.WORKING_DAYS: t("working days"),
    TimeUnit.NATURAL_MINUTES: t("minutes"),
    TimeUnit.NATURAL_DAYS: t("days"),
}

SHORT_UNIT_WORDS: Mapping[TimeUnit, Text] = {
    TimeUnit.WORKING_MINUTES: t("work min"),
    TimeUnit.WORKING_DAYS: t("work days"),
    TimeUnit.NATURAL_MINUTES: t("min"),
    TimeUnit.NATURAL_DAYS: t("days"),
}
"""The same for narrow columns."""

MODE_WORDS: Mapping[Mode, Text] = {
    Mode.SEA: t("Sea"),
    Mode.ROAD: t("Road"),
    Mode.RAIL: t("Rail"),
    Mode.AIR: t("Air"),
    Mode.EXPRESS: t("Express"),
    Mode.POST: t("Post"),
    Mode.STORAGE: t("Storage"),
    Mode.OTHER: t("Other"),
}

DUTY_WORDS: Mapping[Duty, Text] = {
    Duty.COMPLAINT_ANSWER: t("Treat a complaint and tell the user"),
    Duty.APPEAL_ANSWER: t("Answer an appeal to the authority"),
    Duty.PARCEL_ENQUIRY: t("Answer where a parcel is"),
    Duty.CLAIM_NOTICE: t("Damage must be notified"),
    Duty.CLAIM_ANSWER: t("Answer a claim"),
    Duty.CLAIM_SUIT: t("Sue or take recourse"),
}
