"""Shipments by the names that a file gives them: number, bill of lading, box."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import load_only, selectinload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.shipments.models import MilestonePlan, Shipment, ShipmentBox
from portal.shipments.queries.shipments import OPEN
from portal.shipments.rules.milestone_rows import Find, Known, Stored, Told
from portal.shipments.rules.plans import steps_from_json

AT_ONCE = 400
"""Names asked for in one statement."""


def finder(named: Collection[tuple[Told, str]], viewer: Viewer) -> Find:
    """Looks up all the names at once; gives the way to ask for one."""
    found: dict[tuple[Told, str], tuple[Known, ...]] = {}
    own = {row.category: steps_from_json(row.steps) for row in db.session.scalars(select(MilestonePlan))}  # fmt: skip
    for told in (Told.SHIPMENT, Told.BILL, Told.BOX):
        for words in _pieces(sorted({word for kind, word in named if kind is told})):
            for word, shipment in _by(told, words, viewer):
                known = _known(shipment, own.get(shipment.category, ()))
                found[told, word] = (*found.get((told, word), ()), known)

    def find(told: Told, word: str) -> tuple[Known, ...]:
        return found.get((told, word), ())

    return find


def _by(told: Told, words: list[str], viewer: Viewer) -> Iterable[tuple[str, Shipment]]:
    statement = visible(select(Shipment), Shipment, viewer).options(
        load_only(
            Shipment.number,
            Shipment.state,
            Shipment.category,
            Shipment.bill_number,
            Shipment.created_at,
        ),
        selectinload(Shipment.milestones),
    )
    if told is Told.BOX:
        pairs: Any = statement.add_columns(ShipmentBox.number).join(
            ShipmentBox, ShipmentBox.shipment_id == Shipment.id
        )
        rows = db.session.execute(pairs.where(ShipmentBox.number.in_(words)))
        return [(row[1], row[0]) for row in rows]
    column = Shipment.number if told is Told.SHIPMENT else Shipment.bill_number
    found = db.session.scalars(statement.where(column.in_(words)))
    return [(row.number if told is Told.SHIPMENT else row.bill_number, row) for row in found]


def _known(shipment: Shipment, own: tuple[Any, ...]) -> Known:
    points = tuple(
        Stored(row.code, row.planned_at, row.actual_at, row.place, row.note)
        for row in shipment.milestones
    )
    return Known(
        shipment.id, shipment.number, shipment.state not in OPEN, points, own, shipment.created_at
    )


def _pieces(words: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(words), AT_ONCE):
        yield words[start : start + AT_ONCE]
