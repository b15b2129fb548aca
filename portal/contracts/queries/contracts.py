"""Lists of contracts: found by words, narrowed by the state as it is read today."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select

from portal.contracts.models import Contract
from portal.contracts.rules.states import ContractState
from portal.kernel.pinyin import normalise


def in_state(statement: Select[Any], state: str, today: date) -> Select[Any]:
    """Narrow by the state as it is read today: in force past the last day is expired."""
    active, past = Contract.state == ContractState.ACTIVE.value, Contract.ends_on < today
    if state == ContractState.ACTIVE.value:
        return statement.where(active, ~past)
    if state == ContractState.EXPIRED.value:
        return statement.where(active, past)
    return statement.where(Contract.state == state)


def search(statement: Select[Any], words: str) -> Select[Any]:
    """Contracts in which every word occurs: number, title, customer in Chinese, pinyin, initials or code."""
    for word in normalise(words).lower().split():
        statement = statement.where(Contract.search_text.contains(word, autoescape=True))
    return statement
