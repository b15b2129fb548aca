"""Visits, notes, lent things and news with mark and tone."""

from __future__ import annotations

from collections.abc import Mapping

from portal.care.rules.kinds import (
    IMPORTANCES,
    MARKET_KINDS,
    MOODS,
    RELIABILITIES,
    VISIT_KINDS,
    WATCH_SUBJECTS,
    Importance,
    MarketKind,
    Mood,
    Reliability,
    VisitKind,
    WatchSubject,
)
from portal.care.rules.states import ASSET_WORDS, VISIT_WORDS, AssetState, VisitState
from portal.kernel.text import t
from portal.service_requests.rules.states import TaskState
from portal.web.labels import Label

VISITS: Mapping[str, Label] = {
    VisitState.PLANNED: Label(VISIT_WORDS[VisitState.PLANNED], "info", "calendar-event"),
    VisitState.DONE: Label(VISIT_WORDS[VisitState.DONE], "good", "check-circle"),
    VisitState.CANCELLED: Label(VISIT_WORDS[VisitState.CANCELLED], "done", "slash-circle"),
}
OVERDUE = Label(t("Overdue"), "bad", "exclamation-triangle")
PROMISES: Mapping[str, Label] = {
    TaskState.OPEN: Label(t("To be kept"), "info", "circle"),
    TaskState.DONE: Label(t("Kept"), "good", "check-circle"),
    TaskState.CANCELLED: Label(t("Called off"), "done", "slash-circle"),
}
WAYS: Mapping[str, Label] = {
    VisitKind.ON_SITE: Label(VISIT_KINDS[VisitKind.ON_SITE], "info", "geo-alt"),
    VisitKind.TELEPHONE: Label(VISIT_KINDS[VisitKind.TELEPHONE], "info", "telephone"),
    VisitKind.VIDEO: Label(VISIT_KINDS[VisitKind.VIDEO], "info", "broadcast"),
    VisitKind.RECEPTION: Label(VISIT_KINDS[VisitKind.RECEPTION], "info", "building"),
    VisitKind.MANAGEMENT: Label(VISIT_KINDS[VisitKind.MANAGEMENT], "warn", "person-badge"),
}
TEMPERS: Mapping[str, Label] = {
    Mood.GOOD: Label(MOODS[Mood.GOOD], "good", "emoji-smile"),
    Mood.NEUTRAL: Label(MOODS[Mood.NEUTRAL], "neutral", "emoji-neutral"),
    Mood.BAD: Label(MOODS[Mood.BAD], "bad", "emoji-frown"),
}
WEIGHTS: Mapping[str, Label] = {
    Importance.HIGH: Label(IMPORTANCES[Importance.HIGH], "bad", "exclamation-circle"),
    Importance.MIDDLE: Label(IMPORTANCES[Importance.MIDDLE], "warn", "info-circle"),
    Importance.LOW: Label(IMPORTANCES[Importance.LOW], "neutral", "dot"),
}
SUBJECTS: Mapping[str, Label] = {
    WatchSubject.PERSON: Label(WATCH_SUBJECTS[WatchSubject.PERSON], "neutral", "person"),
    WatchSubject.FIRM: Label(WATCH_SUBJECTS[WatchSubject.FIRM], "neutral", "building"),
    WatchSubject.INDUSTRY: Label(WATCH_SUBJECTS[WatchSubject.INDUSTRY], "neutral", "graph-up"),
}
ASSETS: Mapping[str, Label] = {
    AssetState.HERE: Label(ASSET_WORDS[AssetState.HERE], "good", "check-circle"),
    AssetState.LENT: Label(ASSET_WORDS[AssetState.LENT], "info", "box-arrow-up-right"),
    AssetState.LOST: Label(ASSET_WORDS[AssetState.LOST], "bad", "x-circle"),
    AssetState.RETIRED: Label(ASSET_WORDS[AssetState.RETIRED], "done", "archive"),
}
ON_LOAN = Label(t("On loan"), "info", "box-arrow-up-right")
GIVEN_BACK = Label(t("Returned to us"), "good", "check-circle")
NOT_GIVEN_BACK = Label(t("Not given back"), "bad", "x-circle")
NEWS: Mapping[str, Label] = {
    MarketKind.PRICE: Label(MARKET_KINDS[MarketKind.PRICE], "warn", "tag"),
    MarketKind.MOVE: Label(MARKET_KINDS[MarketKind.MOVE], "info", "shuffle"),
    MarketKind.NEWS: Label(MARKET_KINDS[MarketKind.NEWS], "neutral", "newspaper"),
    MarketKind.RULE: Label(MARKET_KINDS[MarketKind.RULE], "neutral", "bank"),
}
SURENESS: Mapping[str, Label] = {
    Reliability.SURE: Label(RELIABILITIES[Reliability.SURE], "good", "check2-circle"),
    Reliability.LIKELY: Label(RELIABILITIES[Reliability.LIKELY], "info", "circle-half"),
    Reliability.RUMOUR: Label(RELIABILITIES[Reliability.RUMOUR], "warn", "question-circle"),
}
EXPIRED = Label(t("Expired"), "done", "clock-history")
ENDED = Label(t("Taken off"), "done", "slash-circle")
IN_FORCE = Label(t("In force"), "good", "check-circle")
