"""Words, marks and tones of what a contract, an amendment and a line can be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from markupsafe import Markup

from portal.contracts.rules.states import (
    AMENDMENT_WORDS,
    STATE_WORDS,
    AmendmentState,
    ContractState,
    state_on,
)
from portal.web.chips import chip
from portal.web.labels import Label

S, M = ContractState, AmendmentState

CONTRACT_STATES: Mapping[ContractState, Label] = {
    S.DRAFT: Label(STATE_WORDS[S.DRAFT], "neutral", "pencil-square"),
    S.PENDING_APPROVAL: Label(STATE_WORDS[S.PENDING_APPROVAL], "warn", "hourglass-split"),
    S.PENDING_SIGNATURE: Label(STATE_WORDS[S.PENDING_SIGNATURE], "info", "pen"),
    S.ACTIVE: Label(STATE_WORDS[S.ACTIVE], "good", "check-circle"),
    S.SUSPENDED: Label(STATE_WORDS[S.SUSPENDED], "warn", "pause-circle"),
    S.COMPLETED: Label(STATE_WORDS[S.COMPLETED], "done", "check2-all"),
    S.EXPIRED: Label(STATE_WORDS[S.EXPIRED], "warn", "calendar-x"),
    S.TERMINATED: Label(STATE_WORDS[S.TERMINATED], "bad", "stop-circle"),
    S.VOID: Label(STATE_WORDS[S.VOID], "done", "slash-circle"),
}

AMENDMENT_STATES: Mapping[AmendmentState, Label] = {
    M.DRAFT: Label(AMENDMENT_WORDS[M.DRAFT], "neutral", "pencil-square"),
    M.PENDING_APPROVAL: Label(AMENDMENT_WORDS[M.PENDING_APPROVAL], "warn", "hourglass-split"),
    M.PENDING_SIGNATURE: Label(AMENDMENT_WORDS[M.PENDING_SIGNATURE], "info", "pen"),
    M.IN_FORCE: Label(AMENDMENT_WORDS[M.IN_FORCE], "good", "check-circle"),
    M.VOID: Label(AMENDMENT_WORDS[M.VOID], "done", "slash-circle"),
}


def state_of(row: Any, today: date) -> ContractState:
    """How a contract is read today: in force past its last day is expired."""
    return state_on(ContractState(row.state), row.ends_on, today)


def label_of(row: Any, today: date) -> Label:
    """The chip of a contract."""
    return CONTRACT_STATES[state_of(row, today)]


def chip_of(row: Any, today: date) -> Markup:
    """The chip of a contract, drawn."""
    return chip(label_of(row, today))
