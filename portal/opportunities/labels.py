"""States, ratings, threats and tasks with mark and tone."""

from __future__ import annotations

from collections.abc import Mapping

from portal.kernel.text import t
from portal.opportunities.rules.kinds import (
    FORECAST_CATEGORIES,
    RATINGS,
    THREATS,
    ForecastCategory,
    Rating,
    Threat,
)
from portal.opportunities.rules.states import (
    OPPORTUNITY_WORDS,
    TASK_WORDS,
    OpportunityState,
    TaskState,
)
from portal.web.labels import Label

STATES: Mapping[str, Label] = {
    OpportunityState.OPEN: Label(OPPORTUNITY_WORDS[OpportunityState.OPEN], "info", "circle"),
    OpportunityState.WON: Label(OPPORTUNITY_WORDS[OpportunityState.WON], "good", "trophy"),
    OpportunityState.LOST: Label(OPPORTUNITY_WORDS[OpportunityState.LOST], "neutral", "x-circle"),
}
RATING_LABELS: Mapping[str, Label] = {
    Rating.HOT: Label(RATINGS[Rating.HOT], "bad", "star-fill"),
    Rating.WARM: Label(RATINGS[Rating.WARM], "warn", "star"),
    Rating.COLD: Label(RATINGS[Rating.COLD], "neutral", "dash-circle"),
}
CATEGORY_LABELS: Mapping[str, Label] = {
    ForecastCategory.OMITTED: Label(FORECAST_CATEGORIES["omitted"], "neutral", "dash-circle"),
    ForecastCategory.PIPELINE: Label(FORECAST_CATEGORIES["pipeline"], "neutral", "circle"),
    ForecastCategory.BEST_CASE: Label(FORECAST_CATEGORIES["best_case"], "info", "graph-up-arrow"),
    ForecastCategory.COMMIT: Label(FORECAST_CATEGORIES["commit"], "good", "check-circle"),
}
THREAT_LABELS: Mapping[str, Label] = {
    Threat.LOW: Label(THREATS[Threat.LOW], "neutral", "dash-circle"),
    Threat.MIDDLE: Label(THREATS[Threat.MIDDLE], "warn", "exclamation-triangle"),
    Threat.HIGH: Label(THREATS[Threat.HIGH], "bad", "exclamation-circle-fill"),
}
TASKS: Mapping[str, Label] = {
    TaskState.OPEN: Label(TASK_WORDS[TaskState.OPEN], "info", "circle"),
    TaskState.DONE: Label(TASK_WORDS[TaskState.DONE], "good", "check-circle"),
    TaskState.CANCELLED: Label(TASK_WORDS[TaskState.CANCELLED], "neutral", "slash-circle"),
}
OVERDUE = Label(t("Overdue"), "bad", "exclamation-circle-fill")
STUCK = Label(t("Stuck"), "warn", "hourglass-split")
"""It stands in its stage for longer than the stage allows."""
