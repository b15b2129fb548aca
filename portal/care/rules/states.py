"""The life of a visit, and of a thing that is lent. Overdue is computed, never set."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t


class VisitState(StrEnum):
    """Where a visit is."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class VisitStep(StrEnum):
    """What may be done with it."""

    MOVE = "move"
    FINISH = "finish"
    CANCEL = "cancel"


class AssetState(StrEnum):
    """Where a thing is."""

    HERE = "here"
    LENT = "lent"
    LOST = "lost"
    RETIRED = "retired"


class AssetStep(StrEnum):
    """What may be done with it."""

    LEND = "lend"
    TAKE_BACK = "take_back"
    LOSE = "lose"  # the customer cannot give it back
    RETIRE = "retire"
    REVIVE = "revive"


S, A = VisitState, VisitStep

VISIT_WORDS: Mapping[VisitState, Text] = {
    S.PLANNED: t("Planned visit"),
    S.DONE: t("Visit made"),
    S.CANCELLED: t("Visit called off"),
}

VISIT_STEPS: Lifecycle[VisitState, VisitStep] = Lifecycle(
    {
        (S.PLANNED, A.MOVE): S.PLANNED,
        (S.PLANNED, A.FINISH): S.DONE,
        (S.PLANNED, A.CANCEL): S.CANCELLED,
    },
    VISIT_WORDS,
)

ASSET_WORDS: Mapping[AssetState, Text] = {
    AssetState.HERE: t("Here with us"),
    AssetState.LENT: t("Lent out"),
    AssetState.LOST: t("Not given back"),
    AssetState.RETIRED: t("No longer in use"),
}

ASSET_STEPS: Lifecycle[AssetState, AssetStep] = Lifecycle(
    {
        (AssetState.HERE, AssetStep.LEND): AssetState.LENT,
        (AssetState.LENT, AssetStep.TAKE_BACK): AssetState.HERE,
        (AssetState.LENT, AssetStep.LOSE): AssetState.LOST,
        (AssetState.HERE, AssetStep.RETIRE): AssetState.RETIRED,
        (AssetState.LOST, AssetStep.REVIVE): AssetState.HERE,
        (AssetState.RETIRED, AssetStep.REVIVE): AssetState.HERE,
    },
    ASSET_WORDS,
)
