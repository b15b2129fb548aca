"""Rows of a duplicate that cannot stand beside the survivor's: joined, kept, ended, renamed or marked by their rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.customers.models import Customer
from portal.db import moving
from portal.db.moving import Key
from portal.intake.rules.merging import JOINERS, RULES, TERMS, Row, Unite, added_up, renamed

LOT_LENGTH = 60


@dataclass(slots=True)
class Uniting:
    """One merge on its way. `set_aside`: rows whose content went into others', whole."""

    survivor: Customer
    duplicate: Customer
    takes_terms: bool
    by: str
    now: datetime
    set_aside: list[dict[str, Any]] = field(default_factory=list)


def unite(uniting: Uniting) -> None:
    """Clear the survivor's places for everything that is about to move."""
    for key in moving.unique_keys():
        rule = RULES[key.table, key.columns]
        if rule in _WAYS:
            for theirs, ours in moving.clashing(key, uniting.duplicate.id, uniting.survivor.id):
                _WAYS[rule](uniting, key, ours, theirs)


def _join(uniting: Uniting, key: Key, ours: Row, theirs: Row) -> None:
    joiner = JOINERS.get(key.table)
    values = joiner(ours, theirs) if joiner else added_up(ours, theirs, key.columns)
    if values:
        moving.write(key.table, ours["id"], values)
    _set_aside(uniting, key.table, theirs, ours["id"])


def _keep(uniting: Uniting, key: Key, ours: Row, theirs: Row) -> None:
    if key.table == TERMS and uniting.takes_terms:
        ours, theirs = theirs, ours
    _set_aside(uniting, key.table, theirs, ours["id"])


def _end(uniting: Uniting, key: Key, _ours: Row, theirs: Row) -> None:
    why = f"{uniting.duplicate.code} → {uniting.survivor.code}"
    moving.write(key.table, theirs["id"], {"ended_at": uniting.now, "end_reason": why})


def _rename(uniting: Uniting, key: Key, _ours: Row, theirs: Row) -> None:
    lot = renamed(theirs["lot"], uniting.duplicate.code, LOT_LENGTH)
    moving.write(key.table, theirs["id"], {"lot": lot})


def _mark(uniting: Uniting, key: Key, _ours: Row, theirs: Row) -> None:
    moving.write(key.table, theirs["id"], {"merged_from_id": uniting.duplicate.id})


def _set_aside(uniting: Uniting, table: str, row: Row, into_id: int) -> None:
    """Keep a row's content with the merge; what pointed at it points at the one that stays."""
    if any(each["table"] == table and each["row"]["id"] == row["id"] for each in uniting.set_aside):
        return
    for place in moving.pointing_at(table):
        _repoint(place, row["id"], into_id)
    moving.drop(table, [row["id"]])
    uniting.set_aside.append({"table": table, "row": dict(row), "into": into_id})


def _repoint(place: moving.Place, from_id: int, into_id: int) -> None:
    if place.table == "stock_item_size":
        there = {row["from_on"] for row in moving.rows_of(place.table, into_id, place.column)}
        known = moving.rows_of(place.table, from_id, place.column)
        moving.drop(place.table, [row["id"] for row in known if row["from_on"] in there])
    moving.repoint(place.table, place.column, from_id, into_id)


_WAYS: Mapping[Unite, Callable[[Uniting, Key, Row, Row], None]] = {
    Unite.JOIN: _join,
    Unite.KEEP: _keep,
    Unite.END: _end,
    Unite.RENAME: _rename,
    Unite.MARK: _mark,
}
