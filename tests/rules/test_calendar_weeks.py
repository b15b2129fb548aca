"""The calendar's time grid: which days, which half hours, what stands side by side."""

from __future__ import annotations

from datetime import date, datetime, time

from portal.service_requests.rules.calendar_weeks import (
    Cell,
    Look,
    Planned,
    grid,
    overlapping,
    span_of,
)

MONDAY = date(2026, 3, 2)


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute)  # noqa: DTZ001


def visit(key: int, starts: datetime, ends: datetime) -> Planned:
    return Planned(key, starts, ends)


def cells_at(drawn, hour: int, minute: int = 0, day: int = 0) -> tuple[Cell, ...]:
    row = next(row for row in drawn.rows if row.at == time(hour, minute))
    return row.days[day]


def test_a_week_runs_from_monday_to_sunday_whatever_day_is_asked_for():
    for asked in (MONDAY, date(2026, 3, 5), date(2026, 3, 8)):
        span = span_of(Look.WEEK, asked)
        assert (span.first, span.last, len(span.days)) == (MONDAY, date(2026, 3, 8), 7)


def test_before_and_after_a_week_lie_in_its_neighbours():
    span = span_of(Look.WEEK, MONDAY)
    assert span_of(Look.WEEK, span.before).last == date(2026, 3, 1)
    assert span_of(Look.WEEK, span.after).first == date(2026, 3, 9)


def test_a_day_has_itself_alone():
    span = span_of(Look.DAY, date(2026, 3, 31))
    assert span.days == (date(2026, 3, 31),) and span.after == date(2026, 4, 1)


def test_an_empty_day_is_drawn_from_eight_to_six():
    drawn = grid([MONDAY], [])
    assert (drawn.rows[0].at, drawn.rows[-1].at) == (time(8), time(17, 30))
    assert all(row.days == ((Cell(None),),) for row in drawn.rows)


def test_a_visit_spans_its_half_hours_and_covers_those_below():
    drawn = grid([MONDAY], [visit(7, at(9), at(10, 30))])
    assert cells_at(drawn, 9) == (Cell(7, rows=3),)
    assert cells_at(drawn, 9, 30) == cells_at(drawn, 10) == ()
    assert cells_at(drawn, 10, 30) == (Cell(None),)


def test_a_visit_off_the_half_hour_fills_each_half_hour_that_it_touches():
    drawn = grid([MONDAY], [visit(7, at(9, 10), at(9, 40))])
    assert cells_at(drawn, 9) == (Cell(7, rows=2),)


def test_two_at_one_time_stand_side_by_side_and_empty_lanes_are_one_cell():
    drawn = grid([MONDAY], [visit(1, at(9), at(10)), visit(2, at(9, 30), at(10, 30))])
    assert drawn.lanes == (2,)
    assert cells_at(drawn, 8) == (Cell(None, columns=2),)
    assert cells_at(drawn, 9) == (Cell(1, rows=2), Cell(None))
    assert cells_at(drawn, 9, 30) == (Cell(2, rows=2),)
    assert cells_at(drawn, 10) == (Cell(None),)


def test_one_that_begins_when_the_other_ends_takes_its_lane():
    drawn = grid([MONDAY], [visit(1, at(9), at(10)), visit(2, at(10), at(11))])
    assert drawn.lanes == (1,) and cells_at(drawn, 10) == (Cell(2, rows=2),)


def test_an_early_and_a_late_visit_make_the_day_longer_by_whole_hours():
    drawn = grid([MONDAY], [visit(1, at(6, 30), at(7)), visit(2, at(20), at(21, 10))])
    assert (drawn.rows[0].at, drawn.rows[-1].at) == (time(6), time(21, 30))


def test_what_runs_past_midnight_stands_on_both_days():
    drawn = grid([MONDAY, date(2026, 3, 3)], [visit(1, at(23), at(1, 0, 3))])
    assert cells_at(drawn, 23) == (Cell(1, rows=2),)
    assert cells_at(drawn, 0, day=1) == (Cell(1, rows=2),)


def test_every_row_of_a_day_has_as_many_columns_as_the_day():
    busy = [visit(n, at(8 + n % 4, 30 * (n % 2)), at(10 + n % 5)) for n in range(12)]
    drawn = grid([MONDAY], busy)
    open_until: dict[int, int] = {}
    for number, row in enumerate(drawn.rows):
        still = sum(1 for end in open_until.values() if end > number)
        wide = sum(cell.columns for cell in row.days[0])
        assert wide + still == drawn.lanes[0], row.at
        open_until |= {c.key: number + c.rows for c in row.days[0] if c.key is not None}
    assert len(open_until) == 12


def test_overlapping_shares_time_not_only_an_edge():
    others = [visit(1, at(8), at(9)), visit(2, at(9, 30), at(11)), visit(3, at(10), at(12))]
    assert [each.key for each in overlapping(at(9), at(10), others)] == [2]
