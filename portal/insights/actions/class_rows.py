"""The rows of one batch of customers: worked out, compared with what is there, written where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from portal.access.scope import visible
from portal.access.viewer import SYSTEM, Viewer
from portal.customers.models import Customer
from portal.customers.rules.kinds import Segment
from portal.db import audit
from portal.db.base import db
from portal.insights.actions.states import states_on
from portal.insights.models import Classification, ClassificationRun, ClassOverride
from portal.insights.queries import class_facts as facts
from portal.insights.queries.class_facts import Batch, Branches, MonthRow
from portal.insights.queries.classes import Named
from portal.insights.queries.portfolio import Whole
from portal.insights.rules.classifying import Classified, Rules, classified
from portal.insights.rules.inputs import Inputs
from portal.insights.rules.tiers import is_above
from portal.kernel.clock import business_day
from portal.receivables.rules.report_months import moved

ZERO = Decimal(0)
TENTH = Decimal("0.1")
LATELY = 3
"""Months whose payments are held against those before."""
COLUMNS = tuple(c.key for c in Classification.__table__.columns if c.key not in ("id", "run_id"))
KEPT = ("segment", "state", "abc", "structure")
ASPECT_OF = {"tier": "segment", "state": "state", "abc": "abc", "structure": "structure"}


def write_batch(
    run: ClassificationRun, batch: Batch, found: Whole, actor: Viewer, now: datetime
) -> Counter[str]:
    """Classify the customers of the batch; what came of it, counted."""
    rules = Rules.from_json(run.rules)
    kept, there = _kept(run, batch), _customers(batch)
    earlier = facts.found_before(batch, run)
    counted: Counter[str] = Counter()
    new, changed, results = [], [], {}
    for customer_id, inputs in _inputs(rules, batch, found, there, kept, earlier).items():
        result = classified(inputs, rules)
        results[customer_id] = result
        row = row_values(customer_id, run.month, inputs, result)
        _count(counted, result, inputs, earlier.get(customer_id))
        if customer_id not in kept:
            new.append({"run_id": run.id, **row})
        elif kept[customer_id][1] != row:
            changed.append({"id": kept[customer_id][0], **row})
    if new:
        db.session.execute(insert(Classification), new)
    if changed:
        db.session.execute(update(Classification), changed)
    counted["written"] += len(new) + len(changed)
    if _is_newest(run):
        counted["changed"] += _bring_customers_up_to_date(batch, results, there, run, actor, now)
    return counted


def row_values(customer_id: int, month: date, inputs: Inputs, found: Classified) -> dict[str, Any]:
    """Every column of the row but its id and run."""
    return {
        "customer_id": customer_id,
        "month": month,
        "tier": found.tier.value,
        "tier_before": inputs.tier_before.value,
        "tier_amount": found.tier_amount,
        "state": found.state.value,
        "abc": found.abc.value if found.abc else "",
        "structure": found.structure.value if found.structure else "",
        "period_amount": found.period_amount,
        "rank": found.rank,
        "cumulative_percent": found.cumulative_percent,
        "recency": found.rfm.recency,
        "frequency": found.rfm.frequency,
        "money": found.rfm.money,
        "churn_points": found.risk.points,
        "is_at_risk": found.risk.is_at_risk,
        "growth_percent": found.growth_percent,
        "is_star": found.is_star,
        "promotes_to": found.promotes_to.value if found.promotes_to else "",
        "inputs": inputs.to_json(),
        "causes": causes_json(found),
    }


def causes_json(found: Classified) -> dict[str, Any]:
    """Aspect → texts; of churn (signal, points, text)."""
    told: dict[str, Any] = {
        aspect: [text.to_json() for text in texts]
        for aspect, texts in found.causes.items()
        if texts and aspect != "churn"
    }
    if found.risk.warnings:
        told["churn"] = [
            [each.signal.value, each.points, each.cause.to_json()] for each in found.risk.warnings
        ]
    return told


def _inputs(
    rules: Rules,
    batch: Batch,
    found: Whole,
    there: Mapping[int, tuple[Any, ...]],
    kept: Mapping[int, tuple[int, dict[str, Any]]],
    earlier: Mapping[int, tuple[str, bool]],
) -> dict[int, Inputs]:
    """Of every customer of the batch that ever ordered, was billed in the windows, or has a row already."""
    settings = rules.settings
    span = max(settings.period_months, settings.loyal_months, 2 * settings.tier_months)
    months, ordered = facts.month_rows(batch, rules, span), facts.order_days(batch, rules.on)
    contracts, complaints = facts.contracts(batch, rules.on), facts.complaints(batch, rules)
    branches = facts.branches_of(batch, rules, 2 * settings.tier_months)
    left, lost_to = facts.contacts_left(batch, rules), facts.lost_to(batch, rules)
    firsts = [moved(rules.month, -back) for back in range(span)]
    result: dict[int, Inputs] = {}
    known = months.keys() | ordered.keys() | kept.keys() | branches.keys()
    for customer_id in sorted(there.keys() & known):
        theirs = {row.month: row for row in months.get(customer_id, ())}
        contract = contracts.get(customer_id, facts.ContractFacts())
        of_months = _of_months(firsts, theirs, settings.period_months)
        edges = (of_months["ordered_from"], of_months["ordered_until"])
        ordered_on = [day for day in (*ordered.get(customer_id, ()), *edges) if day is not None]
        result[customer_id] = Inputs(
            tier_before=_tier_before(customer_id, there, kept, earlier),
            first_order_on=min(ordered_on, default=None),
            last_order_on=max(ordered_on, default=None),
            place=found.places.get(customer_id),
            contract_over_on=contract.over_on,
            contract_ending=contract.ending,
            complaints_on=tuple(complaints.get(customer_id, ())),
            contacts_left=tuple(left.get(customer_id, ())),
            lost_to=lost_to.get(customer_id),
            **_of_branches(branches.get(customer_id)),
            **of_months,
        )
    return result


def _of_branches(found: Branches | None) -> dict[str, Any]:
    return (
        {} if found is None else {"branches": found.number, "branch_amounts": tuple(found.amounts)}
    )


def _of_months(firsts: list[date], theirs: Mapping[date, MonthRow], period: int) -> dict[str, Any]:
    rows = [theirs.get(month) for month in firsts]
    year = [row for row in rows[:period] if row is not None]
    return {
        "amounts": tuple(row.amount if row else ZERO for row in rows),
        "orders": tuple(row.orders if row else 0 for row in rows),
        "ordered_from": min((r.first_order_on for r in year if r.first_order_on), default=None),
        "ordered_until": max((r.last_order_on for r in year if r.last_order_on), default=None),
        "order_days": sum(row.order_days for row in year),
        "answers": sum(row.answers for row in year),
        "good": sum(row.good for row in year),
        "paid_days": _paid_days(rows[:LATELY]),
        "paid_days_before": _paid_days(rows[LATELY:period]),
    }


def _paid_days(rows: list[MonthRow | None]) -> Decimal | None:
    paid = sum((row.paid for row in rows if row), ZERO)
    weight = sum((row.paid_weight for row in rows if row), ZERO)
    return (weight / paid).quantize(TENTH) if paid > 0 else None


def _tier_before(
    customer_id: int,
    there: Mapping[int, tuple[Any, ...]],
    kept: Mapping[int, tuple[int, dict[str, Any]]],
    earlier: Mapping[int, tuple[str, bool]],
) -> Segment:
    """The tier that the month began with: of the run before; else what stood with the customer, and stays so."""
    if customer_id in earlier:
        return Segment(earlier[customer_id][0])
    if customer_id in kept:
        return Segment(kept[customer_id][1]["tier_before"])
    return Segment(there[customer_id][0])


def _count(
    counted: Counter[str], result: Classified, inputs: Inputs, earlier: tuple[str, bool] | None
) -> None:
    counted["customers"] += 1
    counted[f"tier_{result.tier.value}"] += 1
    counted[f"state_{result.state.value}"] += 1
    counted["up"] += is_above(result.tier, inputs.tier_before)
    counted["down"] += is_above(inputs.tier_before, result.tier)
    counted["at_risk"] += result.risk.is_at_risk
    counted["new_risk"] += result.risk.is_at_risk and not (earlier and earlier[1])
    counted["stars"] += result.is_star
    counted["promotions"] += result.promotes_to is not None


def _bring_customers_up_to_date(
    batch: Batch, results: Mapping[int, Classified], there: Mapping[int, tuple[Any, ...]],
    run: ClassificationRun, actor: Viewer, now: datetime,
) -> int:  # fmt: skip
    """Write what differs to the customers, with one entry of history each; what is set by hand wins.

    The state is that of today: the month that is classified may be over for days.
    """
    today = business_day(now)
    by_hand, states = _by_hand(batch, today), states_on(batch, today)
    wanted: dict[int, dict[str, str]] = {}
    for customer_id, result in results.items():
        values = _customer_values(result)
        if customer_id in states:
            values["state"] = states[customer_id][0].value
        values |= by_hand.get(customer_id, {})
        if tuple(values[name] for name in KEPT) != tuple(there[customer_id]):
            wanted[customer_id] = values
    if not wanted:
        return 0
    told: list[tuple[Any, Any, Any]] = []
    for customer_id, values in sorted(wanted.items()):
        now_there = dict(zip(KEPT, there[customer_id], strict=True))
        changed = {name: value for name, value in values.items() if now_there[name] != value}
        before = {name: now_there[name] for name in changed}
        told.append((Named(customer_id), before, {**changed, "month": f"{run.month:%Y-%m}"}))
    _update([{"row_id": each, **values} for each, values in sorted(wanted.items())], now)
    audit.record_all(actor, "customer.classified", told, now)
    return len(told)


def _update(rows: list[dict[str, Any]], now: datetime) -> None:
    """One statement for all: they were never objects of the session. Forms that were open before are told."""
    statement = (
        update(Customer)
        .where(Customer.id == bindparam("row_id"))
        .values({name: bindparam(name) for name in KEPT})
        .values(version=Customer.version + 1, updated_at=now)
    )
    db.session.flush()
    db.session.connection().execute(statement, rows)
    db.session.expire_all()


def _customer_values(result: Classified) -> dict[str, str]:
    return {
        "segment": result.tier.value,
        "state": result.state.value,
        "abc": result.abc.value if result.abc else "",
        "structure": result.structure.value if result.structure else "",
    }


def _by_hand(batch: Batch, today: date) -> dict[int, dict[str, str]]:
    row = ClassOverride
    statement = visible(select(row.customer_id, row.aspect, row.value), row, SYSTEM).where(
        batch.of(row.customer_id), row.ended_at.is_(None), row.until_on >= today
    )
    found: dict[int, dict[str, str]] = {}
    for customer_id, aspect, value in db.session.execute(statement):
        found.setdefault(customer_id, {})[ASPECT_OF[aspect]] = value
    return found


def _kept(run: ClassificationRun, batch: Batch) -> dict[int, tuple[int, dict[str, Any]]]:
    columns = [getattr(Classification, name) for name in COLUMNS]
    statement = select(Classification.id, Classification.customer_id, *columns).where(
        Classification.run_id == run.id, batch.of(Classification.customer_id)
    )
    return {
        row[1]: (row[0], dict(zip(COLUMNS, row[2:], strict=True)))
        for row in db.session.execute(statement)
    }


def _customers(batch: Batch) -> dict[int, tuple[Any, ...]]:
    """Customer → what stands with it now; merged ones are left out."""
    columns = [getattr(Customer, name) for name in KEPT]
    statement = select(Customer.id, *columns).where(
        batch.of(Customer.id), Customer.merged_into_id.is_(None)
    )
    return {row[0]: tuple(row[1:]) for row in db.session.execute(statement)}


def _is_newest(run: ClassificationRun) -> bool:
    later = select(ClassificationRun.id).where(ClassificationRun.month > run.month).limit(1)
    return db.session.scalar(later) is None
