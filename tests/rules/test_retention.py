"""Which backups are kept, and what a manifest finds out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.upkeep.rules.manifest import Manifest, NoManifest, differences, from_json
from portal.upkeep.rules.retention import Keep, kept

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WHOLE = Manifest("2026-11-22T12:00:00+00:00", "sqlite", "0001", {"customer": 2}, {"a": "1"}, 3, "x")
INSTANTS = st.integers(0, 26_000).map(lambda hours: NOON - timedelta(hours=hours))


def daily(days: int) -> dict[str, datetime]:
    return {f"b{n:03}": NOON - timedelta(days=n) for n in range(days)}


def test_daily_backups_of_two_years_leave_days_weeks_and_months() -> None:
    left = kept(daily(730), Keep(days=7, weeks=5, months=12))
    assert {f"b{n:03}" for n in range(7)} <= left
    assert 7 + 4 <= len(left) <= 7 + 5 + 12


def test_of_one_day_the_latest_is_kept() -> None:
    made = {"morning": NOON.replace(hour=6), "noon": NOON, "night": NOON.replace(hour=23)}
    assert kept(made, Keep(days=3, weeks=1, months=1)) == {"night"}


@given(st.lists(INSTANTS, max_size=60), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_the_latest_is_always_kept_and_never_more_than_was_asked(
    instants: list[datetime], days: int, weeks: int, months: int
) -> None:
    made = {str(n): at for n, at in enumerate(instants)}
    left = kept(made, Keep(days, weeks, months))
    assert left <= set(made) and len(left) <= days + weeks + months + 1
    assert not made or max(made.values()) in {made[name] for name in left}


@given(st.lists(INSTANTS, max_size=40), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_what_was_kept_is_kept_again(
    instants: list[datetime], days: int, weeks: int, months: int
) -> None:
    made, keep = {str(n): at for n, at in enumerate(instants)}, Keep(days, weeks, months)
    left = kept(made, keep)
    assert kept({name: made[name] for name in left}, keep) == left


def test_a_manifest_is_read_as_it_was_written() -> None:
    assert from_json(WHOLE.to_json()) == WHOLE


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}', '{"format": 1, "made_at": ""}'])
def test_what_is_no_manifest_of_ours_is_refused(text: str) -> None:
    with pytest.raises(NoManifest):
        from_json(text)


@pytest.mark.parametrize(
    ("tables", "files", "archived", "said"),
    [
        ({"customer": 2}, {"a": "1"}, 3, []),
        ({"customer": 1}, {"a": "1"}, 3, ["table customer: 1 rows, 2 expected"]),
        ({"customer": 2, "more": 1}, {"a": "1"}, 3, ["table more: 1 rows, none expected"]),
        ({"customer": 2}, {}, 3, ["file a: missing"]),
        ({"customer": 2}, {"a": "2"}, 2, ["file a: altered", "archive: 2 files, 3 expected"]),
    ],
)
def test_what_differs_is_said(tables, files, archived, said) -> None:
    assert differences(WHOLE, tables, files, archived) == said
