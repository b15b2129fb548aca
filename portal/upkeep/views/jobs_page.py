"""Scheduled work as its page shows it: each job of the program, and what else left its mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.admin.models import Heartbeat
from portal.db.base import db
from portal.jobs.schedule import JOBS
from portal.kernel.text import Text, t
from portal.upkeep.actions.turns import is_at_work
from portal.upkeep.rules.results import told
from portal.upkeep.rules.timetable import Outcome, words_of
from portal.web.labels import Label

DONE = Label(t("Job done"), "good", "check-circle")
FAILED = Label(t("Job failed"), "bad", "x-circle")
NEVER = Label(t("Not run yet"), "neutral", "circle")
AT_WORK = Label(t("Running now"), "info", "play-circle")
ASKED = Label(t("Asked to run"), "info", "hourglass-split")
UNITS = (
    (86_400, t("every day"), t("every %(n)s days")),
    (3_600, t("every hour"), t("every %(n)s hours")),
    (60, t("every minute"), t("every %(n)s minutes")),
    (1, t("every second"), t("every %(n)s seconds")),
)


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job. `late`: its time has passed long ago and nobody took it."""

    name: str
    words: Text
    interval: Text | None
    row: Heartbeat | None
    label: Label
    may_run: bool
    late: bool

    @property
    def results(self) -> list[Text] | None:
        """What came of the last run; None for words that are shown as they are."""
        return told(self.row.note) if self.row is not None else []


def lines(now: datetime) -> list[JobLine]:
    """Every job, in the order of the timetable; then backups and the like, which others start."""
    rows = {row.job: row for row in db.session.scalars(select(Heartbeat))}
    return [*_scheduled(rows, now), *_others(rows, now)]


def is_known(job: str) -> bool:
    """Whether the program has such a job."""
    return any(each.name == job for each in JOBS)


def _scheduled(rows: dict[str, Heartbeat], now: datetime) -> Iterator[JobLine]:
    for job in JOBS:
        row = rows.get(job.name)
        label = _label(row, now)
        late = row is not None and row.next_at is not None and label is not AT_WORK
        late = late and now - row.next_at > timedelta(seconds=job.seconds, minutes=5)  # type: ignore[union-attr,operator]
        yield JobLine(
            job.name, words_of(job.name), interval_words(job.seconds), row, label,
            label not in (AT_WORK, ASKED), late,
        )  # fmt: skip


def _others(rows: dict[str, Heartbeat], now: datetime) -> Iterator[JobLine]:
    for name, row in sorted(rows.items()):
        if not is_known(name):
            yield JobLine(name, words_of(name), None, row, _label(row, now), False, False)


def interval_words(seconds: int) -> Text:
    """`every 5 seconds`, in the largest unit that divides it."""
    size, one, many = next(each for each in UNITS if seconds % each[0] == 0)
    count = seconds // size
    return one if count == 1 else t(many.msgid, n=count)


def _label(row: Heartbeat | None, now: datetime) -> Label:
    if row is None or (row.at is None and row.asked_at is None and row.lease_until is None):
        return NEVER
    if is_at_work(row, now):
        return AT_WORK
    if row.asked_at is not None:
        return ASKED
    return FAILED if row.outcome == Outcome.FAILED else DONE
