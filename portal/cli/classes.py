"""`portal classes …`: classify the customers of a month.

Exit codes: 0 done, 1 refused (the reason is printed), 2 wrongly called.
"""

from __future__ import annotations

from datetime import date, datetime

import click
from flask.cli import with_appcontext

from portal.access.viewer import SYSTEM
from portal.cli.speaking import LANGUAGE, bar, speaking
from portal.db.work import unit_of_work
from portal.insights.actions import classifying
from portal.jobs import classes as job
from portal.kernel import clock
from portal.receivables.rules.report_months import ended_last

MONTH = click.option(
    "--month",
    type=click.DateTime(["%Y-%m"]),
    help="2026-02; the month that ended last if not said.",
)


@click.group()
def classes() -> None:
    """Classes: tiers, states, ABC and churn of all customers, by month."""


@classes.command("run")
@MONTH
@LANGUAGE
@with_appcontext
def run_command(month: datetime | None, language: str) -> None:
    """Classify a month. A second time changes nothing unless something came since."""
    with speaking(language):
        first = month.date() if month else ended_last(clock.today())
        with unit_of_work():
            run_id = _started(first)
        with bar("Classifying") as tell:
            job.work(run_id, tell)
        counts = classifying.row_of(run_id).counts
    click.echo(
        f"{first:%Y-%m}: {counts.get('customers', 0)} customers, {counts.get('changed', 0)} changed,"
        f" {counts.get('up', 0)} up, {counts.get('down', 0)} down, {counts.get('at_risk', 0)} at risk"
    )


@classes.command("work", hidden=True)
@click.argument("run_id", type=int)
@with_appcontext
def work_command(run_id: int) -> None:
    """Work through one run that was started on a page."""
    job.work(run_id)


def _started(first: date) -> int:
    return classifying.start(first, SYSTEM, clock.now()).id


commands = (classes,)
