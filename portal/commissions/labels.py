"""Words, marks and tones of commission."""

from __future__ import annotations

from collections.abc import Mapping

from portal.commissions.rules.states import RUN_WORDS, RunState
from portal.web.labels import Label

RUNS: Mapping[str, Label] = {
    RunState.DRAFT: Label(RUN_WORDS[RunState.DRAFT], "warn", "pencil-square"),
    RunState.APPROVED: Label(RUN_WORDS[RunState.APPROVED], "info", "check-circle"),
    RunState.PAID: Label(RUN_WORDS[RunState.PAID], "done", "check2-all"),
}
