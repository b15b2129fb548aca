"""`portal statements …`: bill a period, look at what it would bill, prove every line that was billed.

Exit codes: 0 done, 1 refused or not in order (the reasons are printed), 2 wrongly called.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.actions import runs, verifying
from portal.billing.actions.gathering import gather
from portal.billing.models import StatementRun
from portal.billing.queries.parties import parties
from portal.billing.queries.tables import Tables
from portal.cli.speaking import DAY, LANGUAGE, bar, speaking
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs import statements as job
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.money import format_money
from portal.kernel.period import Period
from portal.kernel.text import Text
from portal.web.words import say

FROM = click.option("--from", "first", type=DAY, required=True, help="First day.")
TO = click.option("--to", "last", type=DAY, required=True, help="Last day.")
CUSTOMER = click.option(
    "--customer", "code", help="Code of the one customer or group to be billed."
)


@click.group()
def statements() -> None:
    """Statements: billing runs, previews, and whether every line is right."""


@statements.command("run")
@FROM
@TO
@CUSTOMER
@click.option("--preview", is_flag=True, help="Only tell what would be billed; nothing is saved.")
@LANGUAGE
@with_appcontext
def run_command(
    first: datetime, last: datetime, code: str | None, preview: bool, language: str
) -> None:
    """Draft the statements of a period. A second time changes nothing unless something came since."""
    with speaking(language):
        only = _customer(code) if code else None
        if preview:
            _preview(first.date(), last.date(), only)
            return
        with unit_of_work():
            row = runs.start(first.date(), last.date(), SYSTEM, clock.now(), only)
        with bar("Billing") as tell:
            job.work(row.id, tell)
        _print_run(runs.row_of(row.id))


@statements.command("preview")
@FROM
@TO
@CUSTOMER
@LANGUAGE
@with_appcontext
def preview_command(first: datetime, last: datetime, code: str | None, language: str) -> None:
    """Tell what a period would bill, also while it lasts; nothing is saved."""
    with speaking(language):
        _preview(first.date(), last.date(), _customer(code) if code else None)


@statements.command("verify")
@LANGUAGE
@with_appcontext
def verify_command(language: str) -> None:
    """Work every line out again from what it is made of, and every revision's hash; tell each difference."""
    with speaking(language):
        with bar("Proving") as tell:
            found = verifying.verify(tell)
        for each in found:
            line = f"line {each.line}" if each.line is not None else "statement"
            click.echo(
                f"{each.number} {line} {each.field}: stored {each.stored}, right {each.right}",
                err=True,
            )
    if found:
        raise SystemExit(1)
    click.echo("Every line is right.")


@statements.command("work", hidden=True)
@click.argument("run_id", type=int)
@with_appcontext
def work_command(run_id: int) -> None:
    """Work through one billing run that was started on a page."""
    job.work(run_id)


def _preview(first: date, last: date, only: int | None) -> None:
    if last < first:
        raise click.BadParameter("the last day is before the first", param_hint="--to")
    period, tables, today = Period(first, last), Tables(), clock.today()
    sums: dict[str, Decimal] = {}
    failed = False
    for party_id in [only] if only else parties(period, SYSTEM):
        try:
            contents = gather(party_id, period, SYSTEM, today, tables)
        except Invalid as problem:
            failed = True
            click.echo(f"{_code(party_id)}: {say(problem.text)}", err=True)
            continue
        for content in contents:
            gross = sum((line.gross_amount for line in content.lines), Decimal(0))
            sums[content.currency] = sums.get(content.currency, Decimal(0)) + gross
            words = f"{len(content.lines):>8,} lines {format_money(gross, content.currency):>24}"
            click.echo(f"{_code(party_id):24} {words}{'  (closed)' if content.waits else ''}")
    for currency, gross in sorted(sums.items()):
        click.echo(f"{'total':24} {'':>14} {format_money(gross, currency):>24}")
    if failed:
        raise SystemExit(1)


def _print_run(row: StatementRun) -> None:
    for party_id, told in row.problems:
        click.echo(f"{_code(party_id)}: {say(Text.from_json(told))}", err=True)
    figures = ((name, row.counts[name]) for name in sorted(row.counts) if name != runs.LAST_PARTY)
    click.echo(", ".join(f"{number:,} {name}" for name, number in figures) or "nothing to bill")
    if row.problems:
        raise SystemExit(1)


def _customer(code: str) -> int:
    found = db.session.scalar(select(Customer.id).where(Customer.code == code))
    if found is None:
        raise click.BadParameter(f"there is no customer {code}", param_hint="--customer")
    return found


def _code(customer_id: int) -> str:
    return db.session.scalar(select(Customer.code).where(Customer.id == customer_id)) or ""


commands = [statements]
