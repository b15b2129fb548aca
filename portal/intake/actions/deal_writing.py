"""Opportunities of a file written: new ones in bulk, changed ones by their rows, lines and tasks along with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.db.series import next_numbers
from portal.intake.actions import written
from portal.intake.actions.planning import Change, Plan, Reading
from portal.intake.actions.subjects import Subject
from portal.intake.models import BroughtIn
from portal.intake.queries import deals, known
from portal.intake.queries.deals import SHOWN, SalesWords
from portal.intake.rules.deals import NOT_SAID
from portal.intake.rules.reading import Values
from portal.intake.rules.spelling import folded
from portal.kernel.clock import business_day
from portal.opportunities.actions.opening import SERIES
from portal.opportunities.models import (
    Competitor,
    Opportunity,
    OpportunityLine,
    OpportunityTask,
    OutcomeReason,
)
from portal.opportunities.rules import wording
from portal.opportunities.rules.kinds import AmountFrom, ForecastCategory, OpportunityKind
from portal.opportunities.rules.states import OpportunityState, TaskState

S = OpportunityState
ITEM = "item"


def put_names(plan: Plan, words: SalesWords) -> None:
    """Reasons and competitors that are not known yet are recorded now."""
    state = plan.values["state"]
    if plan.values.pop("reason_said", "") and plan.values.get("outcome_reason_id") is None:
        key = state, folded(NOT_SAID[0])
        if key not in words.reasons:
            row = OutcomeReason(
                outcome=state, name_zh=NOT_SAID[0], name_en=NOT_SAID[1], position=990
            )
            words.reasons[key] = _added(row)
        _put(plan, "outcome_reason_id", words.reasons[key])
    said = plan.values.pop("competitor_said", "")
    if said and plan.values.get("lost_to_id") is None:
        if folded(said) not in words.competitors:
            row_ = Competitor(name_zh=said, search_text=folded(said))
            words.competitors[folded(said)] = _added(row_)
        _put(plan, "lost_to_id", words.competitors[folded(said)])


def _put(plan: Plan, name: str, value: int) -> None:
    plan.values[name] = value
    plan.changes = [
        Change(name, each.before, value) if each.field == name else each for each in plan.changes
    ]


def _added(row: Any) -> int:
    db.session.add(row)
    db.session.flush()
    return int(row.id)


def insert_new(reading: Reading, plans: list[Plan], actor: Viewer) -> None:
    if not plans:
        return
    numbers = next_numbers(SERIES, business_day(reading.now).year, len(plans))
    names = _customer_names({plan.customer_id for plan in plans})
    rows = [
        _new(plan, number, names[plan.customer_id], reading)
        for plan, number in zip(plans, numbers, strict=True)
    ]
    ids = written.inserted(Opportunity, rows, "number")
    for plan, row_id in zip(plans, ids, strict=True):
        plan.row_id = row_id
    _remember(plans, reading)
    _put_lines(plans)
    entries = [
        (Subject("opportunity", row_id, plan.customer_id), None, _told(row, plan))
        for row_id, row, plan in zip(ids, rows, plans, strict=True)
    ]
    why = reading.batch.file_name
    audit.record_all(actor, "opportunity.imported", entries, reading.now, reason=why)


def _new(plan: Plan, number: str, names: tuple[str, ...], reading: Reading) -> dict[str, Any]:
    values = plan.values
    at: datetime = values.get("created_at") or reading.now
    row: dict[str, Any] = dict.fromkeys(SHOWN)
    row |= {"kind": OpportunityKind.NEW.value, "currency": "CNY", "rating": "", "source": ""}
    row |= {"text": "", "outcome_text": "", "likelihood": 0, "created_at": at}
    row |= {name: value for name, value in values.items() if name in SHOWN and value is not None}
    return row | {
        "number": number, "entered_stage_at": at, "updated_at": at, "version": 1,
        "amount_from": AmountFrom.HAND.value, "category": _category(values),
        "source_label": values["reference"],
        "search_text": wording.found_by(number, row["title"], (*names, values["reference"])),
    }  # fmt: skip


def _category(values: Values) -> str:
    """What is open counts by its likelihood; what is over is in no forecast any more than in its own month."""
    if values["state"] == S.LOST:
        return ForecastCategory.OMITTED.value
    likely = int(values.get("likelihood") or 0)
    steps = (
        (75, ForecastCategory.COMMIT),
        (50, ForecastCategory.BEST_CASE),
        (20, ForecastCategory.PIPELINE),
    )
    return next(
        (word.value for least, word in steps if likely >= least), ForecastCategory.OMITTED.value
    )


def _customer_names(ids: set[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    columns = Customer.id, Customer.name_zh, Customer.name_en, Customer.short_name, Customer.code
    for some in known.chunks(sorted(ids)):
        rows = db.session.execute(select(*columns).where(Customer.id.in_(some)))
        found |= {row.id: tuple(row)[1:] for row in rows}
    return found


def _remember(plans: list[Plan], reading: Reading) -> None:
    """By which reference each came in, for the next file."""
    batch_id = reading.batch.id
    rows = [
        {"customer_id": plan.customer_id, "kind": deals.KIND, "reference": plan.values["reference"],
         "row_id": plan.row_id, "batch_id": batch_id}
        for plan in plans
    ]  # fmt: skip
    db.session.execute(insert(BroughtIn), rows)


def _put_lines(plans: list[Plan]) -> None:
    """The service item of each as its one line."""
    with_item = [plan for plan in plans if plan.values.get(ITEM)]
    ids = known.item_ids(plan.values[ITEM] for plan in with_item)
    rows = [
        {"customer_id": plan.customer_id, "opportunity_id": plan.row_id, "position": 1,
         "item_id": ids.get(plan.values[ITEM]), "name": plan.values[ITEM], "quantity": Decimal(1), "unit": "",
         "rate": None, "amount": plan.values.get("amount")}
        for plan in with_item
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(OpportunityLine), rows)


def _told(row: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    amount = None if row["amount"] is None else f"{row['currency']} {row['amount']}"
    return {"number": row["number"], "title": row["title"], "state": row["state"], "amount": amount,
            "reference": plan.values["reference"], "row": plan.row}  # fmt: skip


def update_changed(reading: Reading, plans: list[Plan], actor: Viewer) -> None:
    for some in known.chunks(plans):
        statement = select(Opportunity).where(Opportunity.id.in_([plan.row_id for plan in some]))
        rows = {row.id: row for row in db.session.scalars(statement)}
        entries = []
        for plan in some:
            row = rows[plan.row_id or 0]
            for each in plan.changes:
                if each.field != ITEM:
                    setattr(row, each.field, each.after)
            if any(each.field == "stage_id" for each in plan.changes):
                row.entered_stage_at = reading.now
            if row.state == S.OPEN:
                row.outcome_reason_id, row.lost_to_id, row.outcome_text = None, None, ""
            before = {each.field: each.before for each in plan.changes}
            after = {each.field: each.after for each in plan.changes}
            entries.append((row, before, {**after, "row": plan.row}))
        db.session.flush()
        _change_lines(some)
        _call_off_tasks([row.id for row in rows.values() if row.state != S.OPEN], reading.now)
        why = reading.batch.file_name
        audit.record_all(actor, "opportunity.imported", entries, reading.now, reason=why)


def _change_lines(plans: list[Plan]) -> None:
    """The first line gets the item that the file names; where there was none it is made."""
    wanted = {plan.row_id: plan for plan in plans if any(c.field == ITEM for c in plan.changes)}
    if not wanted:
        return
    ids = known.item_ids(plan.values[ITEM] for plan in wanted.values())
    statement = select(OpportunityLine).where(OpportunityLine.opportunity_id.in_(wanted))
    met = set()
    for line in db.session.scalars(statement.order_by(OpportunityLine.position)):
        if line.opportunity_id not in met:
            met.add(line.opportunity_id)
            line.name = wanted[line.opportunity_id].values[ITEM]
            line.item_id = ids.get(line.name)
    _put_lines([plan for row_id, plan in wanted.items() if row_id not in met])


def _call_off_tasks(ids: list[int], now: datetime) -> None:
    wanted = select(OpportunityTask).where(
        OpportunityTask.opportunity_id.in_(ids), OpportunityTask.state == TaskState.OPEN.value
    )
    for task in db.session.scalars(wanted):
        task.state, task.updated_at = TaskState.CANCELLED.value, now
