"""The card on the desk's first page: my open opportunities and what is to be done for them in the days to come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db.together import Inquiry, Question, Rows
from portal.home.queries import CALLED
from portal.kernel import clock
from portal.kernel.workcalendar import ONE_DAY
from portal.opportunities.models import Opportunity, OpportunityTask, SalesStage
from portal.opportunities.queries import lists, tasks

TEMPLATE = "opportunities/home_card.html"
ORDER = 10
SHOWN = 5
AHEAD = 7
"""Tasks of so many days to come; those of today and before stand in the list of what waits."""
Opp, Task = Opportunity, OpportunityTask


class MyOpportunity(NamedTuple):
    """One of mine, with its customer and the stage's names."""

    id: int
    title: str
    customer: str
    name_zh: str
    name_en: str
    close_on: date | None
    amount: Decimal | None
    currency: str


class MyTask(NamedTuple):
    """One of my tasks for an opportunity."""

    opportunity_id: int
    title: str
    due_on: date
    customer: str


def card(viewer: Viewer) -> Inquiry[Mapping[str, object] | None] | None:
    """None for who works on none: the soonest to be decided, and the tasks of the days to come."""
    if not viewer.may(P.OPPORTUNITY_EDIT) or viewer.user_id is None:
        return None
    return Inquiry((_soonest(viewer), _to_come(viewer, viewer.user_id)), _facts)


def _facts(opportunities: list[MyOpportunity], to_do: list[MyTask]) -> Mapping[str, object]:
    return {"opportunities": opportunities, "tasks": to_do}


def _soonest(viewer: Viewer) -> Question[list[MyOpportunity]]:
    mine = lists.opportunities(viewer).where(lists.IS_OPEN, Opp.owner_id == viewer.user_id)
    columns: Any = (
        Opp.id, Opp.title, CALLED, SalesStage.name_zh, SalesStage.name_en, Opp.close_on, Opp.amount, Opp.currency,
    )  # fmt: skip
    named = mine.outerjoin(Customer, Customer.id == Opp.customer_id)
    named = named.join(SalesStage, SalesStage.id == Opp.stage_id).with_only_columns(*columns)
    ordered = named.order_by(Opp.close_on.is_(None), Opp.close_on, Opp.id).limit(SHOWN)
    return Question(ordered, lambda rows: [MyOpportunity(*row) for row in rows])


def _to_come(viewer: Viewer, user_id: int) -> Question[list[MyTask]]:
    today = clock.today()
    due = tasks.due(viewer, user_id, today + ONE_DAY * AHEAD).where(Task.due_on > today)
    named = due.outerjoin(Customer, Customer.id == Task.customer_id)
    columns = (Task.opportunity_id, Task.title, Task.due_on, CALLED)

    def mine(rows: Rows) -> list[MyTask]:
        return [MyTask(*row) for row in rows]

    return Question(named.with_only_columns(*columns).limit(SHOWN), mine)
