"""What a usage record is worth, and why one found no entitlement."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class UsageState(StrEnum):
    """Matched: drawn from an entitlement. Unmatched: in the queue. Dismissed: decided not to count."""

    MATCHED = "matched"
    UNMATCHED = "unmatched"
    DISMISSED = "dismissed"
    REVERSED = "reversed"


class Mismatch(StrEnum):
    """Why a record is unmatched."""

    NO_ITEM = "no_item"
    NO_CONTRACT = "no_contract"
    OUTSIDE_PERIOD = "outside_period"
    SUSPENDED = "suspended"
    UNIT = "unit"
    EXHAUSTED = "exhausted"


USAGE_WORDS: Mapping[UsageState, Text] = {
    UsageState.MATCHED: t("Matched"),
    UsageState.UNMATCHED: t("Unmatched"),
    UsageState.DISMISSED: t("Dismissed"),
    UsageState.REVERSED: t("Reversed"),
}

MISMATCH_WORDS: Mapping[Mismatch, Text] = {
    Mismatch.NO_ITEM: t("The service item is not known"),
    Mismatch.NO_CONTRACT: t("No contract of this customer has this service"),
    Mismatch.OUTSIDE_PERIOD: t("The day is outside the contract's period"),
    Mismatch.SUSPENDED: t("The contract is suspended"),
    Mismatch.UNIT: t("The unit is not the contract's"),
    Mismatch.EXHAUSTED: t("Nothing is left, and the contract allows no more"),
}


class BatchState(StrEnum):
    """How far a file is on its way in."""

    WAITING = "waiting"
    READING = "reading"
    WRONG = "wrong"
    READY = "ready"
    APPLYING = "applying"
    APPLIED = "applied"
    DISCARDED = "discarded"
    FAILED = "failed"


BATCH_WORDS: Mapping[BatchState, Text] = {
    BatchState.WAITING: t("Waiting"),
    BatchState.READING: t("Being read"),
    BatchState.WRONG: t("Has mistakes"),
    BatchState.READY: t("Ready to apply"),
    BatchState.APPLYING: t("Being applied"),
    BatchState.APPLIED: t("Applied"),
    BatchState.DISCARDED: t("Discarded"),
    BatchState.FAILED: t("Failed"),
}
