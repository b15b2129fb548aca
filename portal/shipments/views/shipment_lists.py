"""The lists of shipments, at the desk and for the customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from flask import g, url_for
from markupsafe import Markup
from sqlalchemy import Select, not_

from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.text import t
from portal.shipments.labels import KIND_WORDS, LATE, SHIPMENTS
from portal.shipments.models import Shipment
from portal.shipments.queries import shipments as queries
from portal.shipments.rules.plans import name_of as milestone_name
from portal.shipments.rules.progress import progress
from portal.shipments.rules.states import ShipmentState
from portal.shipments.views.booking_lists import ANY, services, whole
from portal.shipments.views.words import lane
from portal.web.chips import chip as drawn
from portal.web.filters import day, instant
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say


def late_now(row: Shipment) -> bool:
    """Whether a stored shipment is late at this moment."""
    since = row.late_since
    return row.state in queries.OPEN and since is not None and since < clock.now()


def chip(row: Shipment) -> Markup:
    """The state, and that it is late."""
    shown = drawn(SHIPMENTS[row.state])
    return shown + Markup(" ") + drawn(LATE) if late_now(row) else shown


def where(row: Shipment) -> str:
    """How far it is: the last milestone that was reached, and how many of all."""
    found = progress(row.milestones)
    reached = [each for each in row.milestones if each.actual_at is not None]
    last = say(milestone_name(reached[-1].code)) if reached else ""
    return f"{last} {found.reached}/{found.total}".strip() if found.total else ""


def _by_state(statement: Select[Any], state: str) -> Select[Any]:
    if state == "open":
        return statement.where(Shipment.state.in_(queries.OPEN))
    return statement.where(Shipment.state == state) if state in list(ShipmentState) else statement


def _by_lateness(statement: Select[Any], late: str) -> Select[Any]:
    criterion = queries.is_late(clock.now())
    if late == "no":
        return statement.where(Shipment.late_since.is_(None) | not_(criterion))
    return statement.where(criterion) if late == "yes" else statement


def _by_due(statement: Select[Any], when: str) -> Select[Any]:
    ahead = {"past": -1, "today": 0, "week": 7, "month": 30}.get(when)
    if ahead is None:
        return statement
    return statement.where(queries.due_until(clock.today() + timedelta(days=ahead)))


STATES = [(s, w.text) for s, w in SHIPMENTS.items()]
STATE = Filter("state", t("State"), lambda: [ANY, ("open", t("Not finished")), *STATES], _by_state)
LATENESS = Filter(
    "late",
    t("Late"),
    lambda: [ANY, ("yes", t("Late")), ("no", t("On time"))],
    _by_lateness,
)
DUE = Filter(
    "due",
    t("Promised delivery"),
    lambda: [
        ANY,
        ("past", t("Before today")),
        ("today", t("Until today")),
        ("week", t("Within a week")),
        ("month", t("Within a month")),
    ],
    _by_due,
)
NUMBER = Column("number", t("Number"), lambda s: s.number, sort=Shipment.number)
CUSTOMER = Column(
    "customer", t("Customer"), lambda s: s.customer.label, value=lambda s: s.customer.name_zh
)


def references(row: Shipment) -> str:
    """Bill of lading and the customer's own reference."""
    return " · ".join(each for each in (row.bill_number, row.customer_reference) if each)


STATE_OF = Column("state", t("State"), chip, value=lambda s: say(SHIPMENTS[s.state].text))
SERVICES = Column("services", t("Services"), services)
BODY = (
    Column("lane", t("Lane"), lane),
    Column("where", t("Progress"), where),
    Column("due", t("Promised delivery"), lambda s: whole(day(s.due_on)), value=lambda s: s.due_on),
    Column("references", t("References"), references),
)
REST = (
    Column("changed", t("Changed"), lambda s: whole(instant(s.updated_at)), sort=Shipment.updated_at,
           value=lambda s: s.updated_at),
    Column("late", t("Late"), lambda s: say(LATE.text) if late_now(s) else "", only_in_files=True),
    Column("kind", t("Kind of shipment"), lambda s: say(KIND_WORDS.get(s.category, s.category)), only_in_files=True),
    Column("vessel", t("Vessel or flight"), lambda s: s.vessel, only_in_files=True),
)  # fmt: skip
IN_FILES = Column("services", t("Services"), services, only_in_files=True)
DESK_COLUMNS = (NUMBER, CUSTOMER, STATE_OF, *BODY, *REST, IN_FILES)
OUR_COLUMNS = (STATE_OF, SERVICES, *BODY, *REST)


def _spec(columns: Sequence[Column], url: Callable[[Any], str | None], empty: Empty) -> ListSpec:
    return ListSpec(
        key="shipments",
        columns=columns,
        row_id=Shipment.id,
        sort="-changed",
        url=url,
        filters=(STATE, LATENESS, DUE),
        search=queries.search,
        search_hint=t("Number, box, bill of lading, reference, customer …"),
        row_classes=_classes,
        empty=empty,
    )


def _classes(row: Shipment) -> str:
    if late_now(row):
        return "row-bad"
    return "row-muted" if row.state == ShipmentState.CANCELLED else ""


AT_DESK = _spec(
    DESK_COLUMNS,
    lambda row: url_for("desk_shipments.show", shipment_id=row.id),
    Empty(
        t("No shipments yet"),
        t("A confirmed booking becomes a shipment; you can open one at once, too."),
        t("Open a shipment"),
        "desk_shipments.new",
        P.SHIPMENT_EDIT,
    ),
)
_NOTHING = Empty(
    t("No shipments yet"),
    t("As soon as we confirm a booking, you follow it here."),
    t("Book"),
    "my_bookings.new",
    P.BOOKING_MAKE,
)


def _mine(row: Shipment) -> str:
    return url_for("my_shipments.show", shipment_id=row.id)


OURS = _spec((NUMBER, *OUR_COLUMNS), _mine, _NOTHING)
OURS_AND_BRANCHES = _spec((NUMBER, CUSTOMER, *OUR_COLUMNS), _mine, _NOTHING)


def ours() -> ListSpec:
    """The customer's list; who acts for several customers sees whose each shipment is."""
    ids = g.viewer.customer_ids
    return OURS_AND_BRANCHES if ids is not None and len(ids) > 1 else OURS
