"""Words, marks and tones of tasks, corrections of defects, counts, feedback sheets and chances to sell."""

from __future__ import annotations

from collections.abc import Mapping

from portal.kernel.text import t
from portal.service_requests.rules.corrections import CORRECTION_WORDS, Correction
from portal.service_requests.rules.goods import COUNT_WORDS, Count
from portal.service_requests.rules.kinds import TaskKind
from portal.service_requests.rules.states import TASK_WORDS, UPSELL_WORDS, TaskState, UpsellState
from portal.web.labels import Label

K, C, U = Correction, Count, UpsellState

TASKS: Mapping[str, Label] = {
    TaskState.OPEN: Label(TASK_WORDS[TaskState.OPEN], "info", "circle"),
    TaskState.DONE: Label(TASK_WORDS[TaskState.DONE], "good", "check-circle"),
    TaskState.CANCELLED: Label(TASK_WORDS[TaskState.CANCELLED], "done", "slash-circle"),
}
OVERDUE = Label(t("Overdue"), "bad", "exclamation-circle")
TASK_ICONS: Mapping[str, str] = {
    TaskKind.TASK: "check-square",
    TaskKind.VISIT: "geo-alt",
    TaskKind.TRAINING: "people",
    TaskKind.PICKUP: "truck",
}
CORRECTIONS: Mapping[Correction, Label] = {
    K.TO_PLAN: Label(CORRECTION_WORDS[K.TO_PLAN], "neutral", "question-circle"),
    K.TO_DO: Label(CORRECTION_WORDS[K.TO_DO], "info", "hourglass-split"),
    K.OVERDUE: Label(CORRECTION_WORDS[K.OVERDUE], "bad", "exclamation-circle"),
    K.TO_VERIFY: Label(CORRECTION_WORDS[K.TO_VERIFY], "warn", "eye"),
    K.VERIFIED: Label(CORRECTION_WORDS[K.VERIFIED], "good", "check2-all"),
}
COUNTS: Mapping[Count, Label] = {
    C.OPEN: Label(COUNT_WORDS[C.OPEN], "neutral", "circle"),
    C.ONCE: Label(COUNT_WORDS[C.ONCE], "info", "circle-half"),
    C.AGREED: Label(COUNT_WORDS[C.AGREED], "good", "check2-all"),
    C.SHORT: Label(COUNT_WORDS[C.SHORT], "warn", "arrow-down"),
    C.OVER: Label(COUNT_WORDS[C.OVER], "warn", "arrow-up"),
    C.DIFFERING: Label(COUNT_WORDS[C.DIFFERING], "bad", "exclamation-triangle"),
}
SHEET_WAITS = Label(t("Waits for an answer"), "info", "hourglass-split")
SHEET_LATE = Label(t("Answer overdue"), "bad", "exclamation-circle")
SHEET_ANSWERED = Label(t("Answered"), "good", "check-circle")
UPSELLS: Mapping[str, Label] = {
    U.OPEN: Label(UPSELL_WORDS[U.OPEN], "info", "circle"),
    U.QUOTED: Label(UPSELL_WORDS[U.QUOTED], "warn", "file-earmark-text"),
    U.WON: Label(UPSELL_WORDS[U.WON], "good", "trophy"),
    U.DROPPED: Label(UPSELL_WORDS[U.DROPPED], "done", "slash-circle"),
}
