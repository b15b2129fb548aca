"""Many movements in one transaction: what posting them one by one gives, ten thousand and more a second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Table, select, tuple_

from portal.access.viewer import Viewer
from portal.db.base import db
from portal.kernel.errors import FileProblems, Invalid, Problem
from portal.kernel.text import t
from portal.kernel.units import unit_word
from portal.warehouse.actions.books import (
    day_values,
    hold_customers,
    hold_lots,
    hold_warehouses,
    write_days,
)
from portal.warehouse.models import StockLot, StockMovement
from portal.warehouse.queries import books
from portal.warehouse.rules import months
from portal.warehouse.rules.daybook import Stock
from portal.warehouse.rules.facts import LotKey, MovementFact, check_same
from portal.warehouse.rules.headers import Columns
from portal.warehouse.rules.lotplan import LotBooks, LotPlan, plan_lot, problem_of
from portal.warehouse.rules.movement_rows import Line, posting_order

Tell = Callable[[int, int | None], None]
WRITTEN_AT_ONCE = 5000
LOTS_AT_ONCE = 500
MOVEMENTS: Table = StockMovement.__table__  # type: ignore[assignment]


@dataclass(slots=True)
class Checked:
    """What a dry run of many movements found."""

    new: int = 0
    known: int = 0
    late: int = 0
    lots: int = 0
    problems: list[Problem] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """The figures for the page."""
        return {"new": self.new, "known": self.known, "late": self.late, "lots": self.lots}


def check(lines: Sequence[Line], columns: Columns, tell: Tell) -> Checked:
    """What posting the lines would do and what it would be refused for; nothing is saved or locked."""
    found, fresh = _fresh(lines, columns)
    lots = _lots_there({line.fact.key for line in fresh})
    for plan in _plans(fresh, lots):
        _note(found, plan, columns)
        tell(found.new, len(fresh))
    return found


def post_all(
    lines: Sequence[Line], columns: Columns, batch_id: int | None, actor: Viewer, now: datetime, tell: Tell
) -> Checked:  # fmt: skip
    """Post every line that is not there yet, in one transaction. FileProblems when one of them cannot be posted."""
    hold_warehouses({line.fact.warehouse_id for line in lines})
    hold_customers({line.fact.customer_id for line in lines})
    lots = hold_lots({line.fact.key for line in lines})
    found, fresh = _fresh(lines, columns)
    by = {"batch_id": batch_id, "posted_by": actor.user_id, "posted_at": now}
    writer = _Writer(by)
    for plan in _plans(fresh, lots):
        _note(found, plan, columns)
        if plan.problem is None:
            writer.write(plan, lots[plan.key])
        tell(found.new, len(fresh))
    if any(each.severity == "error" for each in found.problems):
        raise FileProblems(found.problems)
    writer.flush()
    return found


def _fresh(lines: Sequence[Line], columns: Columns) -> tuple[Checked, list[Line]]:
    """The lines that were not taken before; one that was and says something else is a problem."""
    found = Checked()
    taken = books.posted_as((line.fact.source, line.fact.reference) for line in lines)
    if not taken:
        return found, list(lines)
    fresh = []
    for line in lines:
        before = taken.get((line.fact.source, line.fact.reference))
        if before is None:
            fresh.append(line)
            continue
        found.known += 1
        try:
            check_same(line.fact, before)
        except Invalid as error:
            name = columns.name("reference")
            found.problems.append(Problem(line.row, name, line.fact.reference, error.text))
    return found, fresh


def _plans(lines: list[Line], lots: dict[LotKey, StockLot]) -> Iterator[LotPlan]:
    """A plan for each lot, in the order of their keys."""
    closed = books.closed_months({line.fact.warehouse_id for line in lines})
    billed = books.billed_through({line.fact.customer_id for line in lines})
    sizes = books.sizes_of({line.fact.customer_id for line in lines})
    dated = [(_counted_on(line.fact, closed, billed), line) for line in lines]
    dated.sort(key=lambda each: (each[1].fact.key, each[0], posting_order(each[1])[1:]))
    by_lot = [
        (key, list(theirs)) for key, theirs in groupby(dated, key=lambda each: each[1].fact.key)
    ]
    for start in range(0, len(by_lot), LOTS_AT_ONCE):
        part = by_lot[start : start + LOTS_AT_ONCE]
        before = _before({key: theirs for key, theirs in part if key in lots}, lots)
        for key, theirs in part:
            of_goods = sizes.get((key.customer_id, key.sku), ())
            yield plan_lot(key, theirs, of_goods, before.get(key, LotBooks()))


def _counted_on(fact: MovementFact, closed: dict[int, date], billed: dict[int, date]) -> date:
    return months.counted_on(
        fact.moved_on, closed.get(fact.warehouse_id), billed.get(fact.customer_id)
    )


def _before(
    wanted: dict[LotKey, list[tuple[date, Line]]], lots: dict[LotKey, StockLot]
) -> dict[LotKey, LotBooks]:
    """The books of the lots from the first new day on; of one that only grows at its end, what it holds."""
    found: dict[LotKey, LotBooks] = {}
    inside: dict[LotKey, date] = {}
    for key, theirs in wanted.items():
        lot, first = lots[key], theirs[0][0]
        if lot.last_on is None or lot.last_on < first:
            found[key] = LotBooks(Stock(*(getattr(lot, name) for name in Stock._fields)))
        else:
            inside[key] = first
    if not inside:
        return found
    days = books.days_from([lots[key].id for key in inside], min(inside.values()))
    meeting = [
        (lots[key].id, day)
        for key in inside
        for day in {each for each, _ in wanted[key]} & days.get(lots[key].id, {}).keys()
    ]
    entries = books.entries_of(meeting)
    for key, first in inside.items():
        lot_id = lots[key].id
        later = {day: row for day, row in days.get(lot_id, {}).items() if day >= first}
        theirs_then = {day: found_then for (of, day), found_then in entries.items() if of == lot_id}
        found[key] = LotBooks(books.closing_before(lot_id, first), later, theirs_then)
    return found


def _lots_there(keys: Iterable[LotKey]) -> dict[LotKey, StockLot]:
    """The lots of `keys` that there are."""
    found = {}
    place = tuple_(StockLot.customer_id, StockLot.warehouse_id, StockLot.lot, StockLot.sku)
    for part in books.chunks(sorted(keys)):
        for lot in db.session.scalars(select(StockLot).where(place.in_(part))):
            found[LotKey(lot.customer_id, lot.warehouse_id, lot.lot, lot.sku)] = lot
    return found


def _note(found: Checked, plan: LotPlan, columns: Columns) -> None:
    if plan.problem is not None:
        found.problems.append(problem_of(plan, columns.name(plan.problem[1])))
        return
    found.lots += 1
    found.new += len(plan.changes)
    found.late += sum(each.counted_on > each.line.fact.moved_on for each in plan.changes)
    for unit in sorted(plan.unmeasured):
        line = plan.changes[0].line
        expected = t(
            "the size of one piece: %(count)s movements of it count no %(unit)s",
            count=len(plan.changes),
            unit=unit_word(unit),
        )
        problem = Problem(
            line.row, columns.name("sku"), plan.key.sku or plan.key.lot, expected, "warning"
        )
        found.problems.append(problem)


class _Writer:
    """Collects rows and writes them in large parts."""

    def __init__(self, by: dict[str, Any]) -> None:
        self._by = by
        self._movements: list[dict[str, Any]] = []
        self._days: list[dict[str, Any]] = []

    def write(self, plan: LotPlan, lot: StockLot) -> None:
        for line, counted_on, change in plan.changes:
            fact = line.fact
            self._movements.append({
                "customer_id": lot.customer_id, "lot_id": lot.id, "kind": fact.kind.value,
                "moved_on": fact.moved_on, "counted_on": counted_on, "clock": fact.clock,
                "source": fact.source, "reference": fact.reference, "reason": fact.reason,
                "note": fact.note, **change._asdict(), **self._by,
            })  # fmt: skip
        self._days += [day_values(lot, row) for row in plan.days]
        self._carry(plan, lot)
        if len(self._movements) >= WRITTEN_AT_ONCE:
            self.flush()

    def _carry(self, plan: LotPlan, lot: StockLot) -> None:
        total = plan.total
        for name, each in zip(Stock._fields, total, strict=True):
            setattr(lot, name, getattr(lot, name) + each)
        days = [each.counted_on for each in plan.changes]
        ins = [each.counted_on for each in plan.changes if max(each.change) > 0]
        lot.last_on = max([*days, *([lot.last_on] if lot.last_on else [])])
        if ins:
            lot.first_in_on = min([*ins, *([lot.first_in_on] if lot.first_in_on else [])])

    def flush(self) -> None:
        if self._movements:
            db.session.connection().execute(MOVEMENTS.insert(), self._movements)
        write_days(self._days)
        self._movements, self._days = [], []
