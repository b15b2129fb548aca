"""Tiers, states and classes as chips."""

from __future__ import annotations

from collections.abc import Mapping

from portal.billing.rules.states import RUN_WORDS, RunState
from portal.customers.rules.kinds import (
    CUSTOMER_STATES,
    SEGMENTS,
    STRUCTURES,
    Abc,
    CustomerState,
    Segment,
    Structure,
)
from portal.insights.rules.kinds import Aspect
from portal.kernel.text import t
from portal.web.labels import Label

TIERS: Mapping[str, Label] = {
    Segment.FLOATING: Label(SEGMENTS[Segment.FLOATING], "neutral", "person"),
    Segment.ORDINARY: Label(SEGMENTS[Segment.ORDINARY], "neutral", "person"),
    Segment.MID: Label(SEGMENTS[Segment.MID], "info", "person-check"),
    Segment.VIP: Label(SEGMENTS[Segment.VIP], "good", "star-fill"),
    Segment.PROJECT: Label(SEGMENTS[Segment.PROJECT], "good", "briefcase"),
}
STATES: Mapping[str, Label] = {
    CustomerState.POTENTIAL: Label(CUSTOMER_STATES[CustomerState.POTENTIAL], "neutral", "circle"),
    CustomerState.NEW: Label(CUSTOMER_STATES[CustomerState.NEW], "info", "plus-lg"),
    CustomerState.ACTIVE: Label(CUSTOMER_STATES[CustomerState.ACTIVE], "good", "check-circle"),
    CustomerState.LOYAL: Label(CUSTOMER_STATES[CustomerState.LOYAL], "good", "check-circle-fill"),
    CustomerState.DORMANT: Label(CUSTOMER_STATES[CustomerState.DORMANT], "warn", "pause-circle"),
    CustomerState.LOST: Label(CUSTOMER_STATES[CustomerState.LOST], "bad", "x-circle"),
}
ABCS: Mapping[str, Label] = {
    each.value: Label(t("Class %(letter)s", letter=each.value), "neutral", "layers") for each in Abc
}
STRUCTURE_LABELS: Mapping[str, Label] = {
    each.value: Label(STRUCTURES[each], "neutral", "diagram-3") for each in Structure
}
LABELS_OF: Mapping[Aspect, Mapping[str, Label]] = {
    Aspect.TIER: TIERS,
    Aspect.STATE: STATES,
    Aspect.ABC: ABCS,
    Aspect.STRUCTURE: STRUCTURE_LABELS,
}
"""The chips of each aspect's values."""
AT_RISK = Label(t("At risk"), "bad", "exclamation-triangle")
STAR = Label(t("Star"), "good", "stars")
NEAR = Label(t("Near the next tier"), "info", "arrow-up")
RUNS: Mapping[str, Label] = {
    RunState.WAITING: Label(RUN_WORDS[RunState.WAITING], "neutral", "hourglass"),
    RunState.RUNNING: Label(RUN_WORDS[RunState.RUNNING], "info", "arrow-repeat"),
    RunState.DONE: Label(RUN_WORDS[RunState.DONE], "done", "check-circle"),
    RunState.FAILED: Label(RUN_WORDS[RunState.FAILED], "bad", "x-circle"),
}
