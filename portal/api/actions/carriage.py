"""Milestones that other systems tell: reported as a page reports them; the same again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal.access.scope import past_the_walls
from portal.access.viewer import ByToken, Viewer
from portal.api.actions.rows import Outcome, Row, Taken, each_row, for_the_house
from portal.api.queries.named import shipments_to_write
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.shipments.actions import milestones
from portal.shipments.actions.milestones import Report
from portal.shipments.models import Shipment
from portal.shipments.queries.named import finder
from portal.shipments.rules.iso6346 import cleaned
from portal.shipments.rules.milestone_rows import Find, Known, Told
from portal.shipments.rules.plans import accepted, find_code

NAMING = {"shipment": Told.SHIPMENT, "bill": Told.BILL, "box": Told.BOX}
SAID = ("planned_at", "actual_at", "place", "note")


def report(rows: Sequence[Row], token: ByToken, actor: Viewer, now: datetime) -> Outcome:
    """Report every row that can be; the others are refused by themselves.

    The shipments are held first, in the order of ids: two calls at the same time wait, never in a ring.
    """
    find = finder({pair for row in rows for pair in _names(row)}, actor)
    house = for_the_house(actor)
    known = {each.id for row in rows for pair in _names(row) for each in find(*pair)}
    with past_the_walls():
        shipments = shipments_to_write(known)

        def take(row: Row) -> Taken:
            shipment = _shipment(row, find)
            return _reported(row, shipment, shipments[shipment.id], token.system, house, now)

        return each_row("milestones", rows, take, "milestone")


def _names(row: Row) -> list[tuple[Told, str]]:
    """By what a row names its shipment, written as it is stored."""
    given = [(told, row[member]) for member, told in NAMING.items() if row[member].strip()]
    return [
        (told, cleaned(word) if told is Told.BOX else word.strip().upper()) for told, word in given
    ]


def _shipment(row: Row, find: Find) -> Known:
    """The one that all its names mean; Invalid at the first name that is wrong."""
    names = _names(row)
    if not names:
        raise Invalid(t("Name the shipment by number, bill of lading or box."), "shipment")
    member = {told: name for name, told in NAMING.items()}
    found = [(member[told], find(told, word)) for told, word in names]
    for name, known in found:
        if not known:
            raise Invalid(t("No shipment that this key sees has this name."), name)
    ids = set.intersection(*({each.id for each in known} for _name, known in found))
    if len(ids) != 1:
        text = t("It is not one shipment that is meant: name it by its number.")
        raise Invalid(text, found[0][0])
    return next(each for each in found[0][1] if each.id in ids)


def _reported(
    row: Row, known: Known, shipment: Shipment, source: str, house: Viewer, now: datetime
) -> Taken:
    code = find_code(row["milestone"], known.own)
    if code is None:
        codes = [each.code for each in known.points]
        raise Invalid(t("one of: %(words)s", words=accepted(codes, known.own)), "milestone")
    if not any(row[name] for name in SAID):
        raise Invalid(t("a planned or an actual time"), "actual_at")
    before = _stored(shipment, code)
    said = Report(code, row["planned_at"], row["actual_at"], row["place"], row["note"])
    remark = milestones.report(shipment, said, house, now, source=source)
    return Taken(shipment.id, before != _stored(shipment, code), remark)


def _stored(shipment: Shipment, code: str) -> tuple[object, ...] | None:
    found = next((each for each in shipment.milestones if each.code == code), None)
    return None if found is None else tuple(getattr(found, name) for name in SAID)
