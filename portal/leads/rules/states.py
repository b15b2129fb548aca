"""The life of a lead: in the pool, in somebody's hands, a customer, or nothing (REQUIREMENTS K6)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t


class LeadState(StrEnum):
    """Where a lead is."""

    POOL = "pool"
    HELD = "held"
    CONVERTED = "converted"
    DISCARDED = "discarded"


class LeadStep(StrEnum):
    """What may be done with it."""

    PICK = "pick"
    ASSIGN = "assign"
    GIVE_BACK = "give_back"
    RECYCLE = "recycle"  # back to the pool because nobody worked on it
    CONVERT = "convert"
    DISCARD = "discard"
    REOPEN = "reopen"


S, A = LeadState, LeadStep

LEAD_WORDS: Mapping[LeadState, Text] = {
    S.POOL: t("In the pool"),
    S.HELD: t("In hand"),
    S.CONVERTED: t("Became a customer"),
    S.DISCARDED: t("Discarded"),
}

LEAD_STEPS: Lifecycle[LeadState, LeadStep] = Lifecycle(
    {
        (S.POOL, A.PICK): S.HELD,
        (S.POOL, A.ASSIGN): S.HELD,
        (S.POOL, A.DISCARD): S.DISCARDED,
        (S.HELD, A.ASSIGN): S.HELD,
        (S.HELD, A.GIVE_BACK): S.POOL,
        (S.HELD, A.RECYCLE): S.POOL,
        (S.HELD, A.CONVERT): S.CONVERTED,
        (S.HELD, A.DISCARD): S.DISCARDED,
        (S.DISCARDED, A.REOPEN): S.POOL,
    },
    LEAD_WORDS,
)
