"""Words, marks and tones of usage and of files on their way in."""

from __future__ import annotations

from collections.abc import Mapping

from portal.kernel.text import Text, t
from portal.usage.rules.states import (
    BATCH_WORDS,
    MISMATCH_WORDS,
    USAGE_WORDS,
    BatchState,
    Mismatch,
    UsageState,
)
from portal.web.labels import Label

__all__ = ["BATCHES", "MISMATCHES", "REVERSAL", "SOURCES", "STATES", "STATES_FOR_CUSTOMERS"]

U, B = UsageState, BatchState

STATES: Mapping[str, Label] = {
    U.MATCHED: Label(USAGE_WORDS[U.MATCHED], "good", "check-circle"),
    U.UNMATCHED: Label(USAGE_WORDS[U.UNMATCHED], "warn", "question-circle"),
    U.DISMISSED: Label(USAGE_WORDS[U.DISMISSED], "done", "slash-circle"),
    U.REVERSED: Label(USAGE_WORDS[U.REVERSED], "done", "arrow-counterclockwise"),
}

STATES_FOR_CUSTOMERS: Mapping[str, Label] = {
    U.MATCHED: Label(t("Counted"), "good", "check-circle"),
    U.UNMATCHED: Label(t("Being checked"), "info", "hourglass-split"),
    U.DISMISSED: Label(t("Not counted"), "done", "slash-circle"),
    U.REVERSED: Label(t("Taken back"), "done", "arrow-counterclockwise"),
}

REVERSAL = Label(t("Reversal"), "neutral", "arrow-counterclockwise")
"""A record that takes another one back."""

MISMATCHES: Mapping[str, Text] = {each.value: MISMATCH_WORDS[each] for each in Mismatch}

SOURCES: Mapping[str, Text] = {
    "page": t("Typed in"),
    "file": t("File"),
    "shipment": t("Shipment"),
    "reversal": t("Reversal"),
    "storage": t("Storage billed"),
    "warehouse": t("Warehouse"),
    "wms": t("Warehouse system"),
    "api": t("Another system"),
}
"""The sources that the product itself writes, or proposes for files; a file may name others, shown as they are."""

BATCHES: Mapping[str, Label] = {
    B.WAITING: Label(BATCH_WORDS[B.WAITING], "neutral", "hourglass"),
    B.READING: Label(BATCH_WORDS[B.READING], "info", "hourglass-split"),
    B.WRONG: Label(BATCH_WORDS[B.WRONG], "bad", "exclamation-circle"),
    B.READY: Label(BATCH_WORDS[B.READY], "info", "check2-circle"),
    B.APPLYING: Label(BATCH_WORDS[B.APPLYING], "info", "hourglass-split"),
    B.APPLIED: Label(BATCH_WORDS[B.APPLIED], "good", "check-circle"),
    B.DISCARDED: Label(BATCH_WORDS[B.DISCARDED], "done", "trash"),
    B.FAILED: Label(BATCH_WORDS[B.FAILED], "bad", "x-circle"),
}
