"""The life of a month's commission: made, approved by somebody else, paid out."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t


class RunState(StrEnum):
    """Where a run is. From APPROVED on its lines never change."""

    DRAFT = "draft"
    APPROVED = "approved"
    PAID = "paid"


class RunStep(StrEnum):
    """What may be done with it."""

    REBUILD = "rebuild"
    APPROVE = "approve"
    PAY = "pay"


RUN_WORDS: Mapping[RunState, Text] = {
    RunState.DRAFT: t("Draft"),
    RunState.APPROVED: t("Approved"),
    RunState.PAID: t("Paid out"),
}

RUNS = Lifecycle(
    {
        (RunState.DRAFT, RunStep.REBUILD): RunState.DRAFT,
        (RunState.DRAFT, RunStep.APPROVE): RunState.APPROVED,
        (RunState.APPROVED, RunStep.PAY): RunState.PAID,
    },
    RUN_WORDS,
)
