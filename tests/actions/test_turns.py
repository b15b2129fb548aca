"""Scheduled work: once at a time whatever the number of workers, on a timetable that outlives them."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.admin.models import Heartbeat
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs import schedule
from portal.jobs.schedule import ELSEWHERE, Job, Worker, due, run_job
from portal.kernel import clock
from portal.upkeep.actions import turns
from portal.upkeep.rules.timetable import FIRST_RETRY, LEASE, is_due, is_held, next_run
from portal.web.flask_app import PortalApp

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DAY = 86_400
FAR = "another-server:0badcafe:77"


@pytest.fixture
def tables(database: None) -> None:
    """Every test here but the first ones writes."""


def beat(job: str = "daily") -> Heartbeat:
    db.session.expire_all()
    return db.session.scalars(select(Heartbeat).where(Heartbeat.job == job)).one()


def taken(now: datetime, holder: str = FAR, **more: bool) -> bool:
    with unit_of_work():
        return turns.take("daily", DAY, holder, now, **more)


def at_most_daily(now: datetime, runs: list[datetime]) -> str | None:
    with clock.frozen(now):
        return run_job(Job("daily", DAY, lambda at: runs.append(at) or "done"), anyway=False)


@pytest.mark.parametrize(("failures", "wait"), [
    (0, timedelta(days=1)), (1, FIRST_RETRY), (2, FIRST_RETRY * 2), (3, FIRST_RETRY * 4), (40, timedelta(days=1)),
])  # fmt: skip
def test_a_failed_job_is_tried_again_sooner_but_never_more_often_than_usual(failures, wait):
    assert next_run(AT, DAY, failures) == AT + wait
    assert next_run(AT, 5, failures) == AT + timedelta(seconds=5)


def test_a_job_is_due_when_its_time_has_come_or_somebody_asks():
    assert is_due(None, None, DAY, AT) and is_due(AT, None, DAY, AT)
    later = AT + timedelta(hours=1)
    assert not is_due(later, None, DAY, AT) and is_due(later, AT, DAY, AT)


def test_a_clock_that_was_ahead_starves_no_job():
    assert is_due(AT + timedelta(days=400), None, DAY, AT)
    assert not is_held(AT + timedelta(days=400), AT) and is_held(AT + LEASE, AT)


def test_a_daily_job_runs_once_a_day_however_often_the_worker_starts(tables: None):
    runs: list[datetime] = []
    for hours in (0, 1, 2, 23):
        at_most_daily(AT + timedelta(hours=hours), runs)
    assert runs == [AT]
    at_most_daily(AT + timedelta(hours=24), runs)
    assert len(runs) == 2 and beat().next_at == AT + timedelta(days=2)


def test_after_days_of_silence_it_runs_once_and_not_once_for_each_day(tables: None):
    runs: list[datetime] = []
    at_most_daily(AT, runs)
    at_most_daily(AT + timedelta(days=9), runs)
    at_most_daily(AT + timedelta(days=9, hours=1), runs)
    assert len(runs) == 2


def test_what_came_of_a_run_is_noted(tables: None, now: datetime):
    run_job(Job("daily", DAY, lambda _now: "3 sent"))
    row = beat()
    assert (row.note, row.outcome, row.failures, row.at) == ("3 sent", "done", 0, now)
    assert row.took_ms is not None and row.lease_until is None and row.holder == ""


def test_failures_are_counted_until_it_works_again(tables: None):
    def broken(_now: datetime) -> str:
        raise RuntimeError("disk full")

    for count in (1, 2):
        with clock.frozen(AT + timedelta(hours=count)):
            run_job(Job("daily", DAY, broken))
        assert (beat().failures, beat().outcome) == (count, "failed")
    run_job(Job("daily", DAY, lambda _now: "done"))
    assert (beat().failures, beat().outcome) == (0, "done")


def test_a_job_that_another_worker_has_is_left_to_it(tables: None, now: datetime):
    assert taken(now)
    assert run_job(Job("daily", DAY, lambda _now: pytest.fail("ran twice"))) == ELSEWHERE
    assert not taken(now + LEASE / 2, "third:0:1", anyway=True)


def test_a_worker_that_died_on_another_server_lets_go_after_the_lease(tables: None, now: datetime):
    assert taken(now)
    assert not taken(now + LEASE - timedelta(seconds=1), "third:0:1")
    assert taken(now + LEASE, "third:0:1")


def test_a_worker_that_died_on_this_server_lets_go_at_once(tables: None, now: datetime):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    machine = turns.me().rpartition(":")[0]
    assert taken(now, f"{machine}:{gone.pid}")
    assert taken(now, FAR)


def test_who_still_works_keeps_the_job(tables: None, now: datetime):
    assert taken(now)
    with unit_of_work():
        turns.renew(["daily"], FAR, now + LEASE / 2)
    assert not taken(now + LEASE, "third:0:1")


def test_who_lost_the_job_meanwhile_notes_nothing(tables: None, now: datetime):
    taken(now)
    taken(now + LEASE, "third:0:1")
    with unit_of_work():
        turns.done("daily", DAY, FAR, "late news", 1, True, now + LEASE)
    assert (beat().note, beat().holder) == ("", "third:0:1")


def test_of_many_workers_at_the_same_moment_one_gets_the_job(
    app: PortalApp, tables: None, now: datetime
):
    start, got = threading.Barrier(6), []

    def worker(number: int) -> None:
        with app.app_context():
            start.wait()
            got.append(taken(now, f"server{number}:0:1"))
            db.session.remove()

    threads = [threading.Thread(target=worker, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got.count(True) == 1


def test_a_new_job_is_due_and_one_that_somebody_has_is_not(tables: None, now: datetime):
    assert [job.name for job in due(now)] == [job.name for job in schedule.JOBS]
    db.session.add(Heartbeat(job="mail", holder=FAR, lease_until=now + LEASE))
    db.session.commit()
    assert "mail" not in [job.name for job in due(now)]


def test_the_worker_runs_what_is_due_and_nothing_else(
    app: PortalApp, tables: None, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    ran: list[str] = []
    jobs = tuple(Job(name, DAY, lambda _now, name=name: ran.append(name)) for name in ("a", "b"))
    monkeypatch.setattr(schedule, "JOBS", jobs)
    db.session.add(Heartbeat(job="b", at=now, next_at=now + timedelta(hours=1)))
    db.session.commit()
    worker = Worker(app)
    monkeypatch.setattr(worker.scheduler, "add_job", lambda verb, args, **_more: verb(*args))
    worker.look()
    worker.look()
    assert ran == ["a"] and worker.busy == set()


def test_a_worker_that_is_stopped_waits_for_what_is_at_work(app: PortalApp):
    worker = Worker(app)
    worker.busy.add("daily")
    threading.Timer(0.05, worker.busy.clear).start()
    worker.leave()
    assert worker.busy == set()


def test_a_worker_that_is_stopped_does_not_wait_for_ever(
    app: PortalApp, monkeypatch: pytest.MonkeyPatch
):
    left: list[int] = []
    monkeypatch.setattr(schedule, "GRACE_SECONDS", 0)
    monkeypatch.setattr(schedule.os, "_exit", left.append)
    worker = Worker(app)
    worker.busy.add("daily")
    worker.leave()
    assert left == [0]


def test_the_worker_says_that_it_is_still_at_work(app: PortalApp, tables: None, now: datetime):
    with unit_of_work():
        turns.take("daily", DAY, turns.me(), now)
    worker = Worker(app)
    worker.busy.add("daily")
    with clock.frozen(now + timedelta(seconds=50)):
        worker.renew()
    assert beat().lease_until == now + timedelta(seconds=50) + LEASE
