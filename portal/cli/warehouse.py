"""`portal warehouse …`: bring in movements, count unit-days, prove the books, as the pages do.

Exit codes: 0 done, 1 refused or not in order (the reasons are printed), 2 wrongly called.
"""

from __future__ import annotations

import csv
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.catalogue.rules.storage import DayCount
from portal.cli.batches import import_file
from portal.cli.speaking import DAY, FILE, LANGUAGE, bar, speaking
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.period import Period
from portal.warehouse.labels import DAY_UNITS
from portal.warehouse.models import Warehouse
from portal.warehouse.queries import unitdays, verifying
from portal.warehouse.queries.unitdays import Asked, TableRow
from portal.warehouse.rules.unit_days import ZERO
from portal.web.fields import plain_number
from portal.web.words import say

UNITS = {"m3": "MTQ", "kg": "KGM", "pallets": "XPX", "teu": "TEU", "pieces": "H87"}
RULES = {
    "both": DayCount.BOTH,
    "day-end": DayCount.DAY_END,
    "day-start": DayCount.DAY_START,
    "peak": DayCount.PEAK,
}
HEADS = ("date", "opening", "in", "out", "closing", "counted")
CUSTOMER = click.option("--customer", "customer_code", help="Code of the customer.")
WAREHOUSE = click.option("--warehouse", "warehouse_code", help="Code of the warehouse.")


@click.group()
def warehouse() -> None:
    """Stock: movements, unit-days, and whether the books are right."""


@warehouse.command("import")
@click.argument("file", type=FILE)
@click.option(
    "--items", "kind", flag_value="stock_items", help="A file of goods, not of movements."
)
@CUSTOMER
@WAREHOUSE
@click.option(
    "--source",
    default="file",
    show_default=True,
    help="A paper's number counts once for each source.",
)
@click.option("--cm3", "in_cm3", is_flag=True, help="The volume column is in cm³.")
@click.option("--dry-run", is_flag=True, help="Only tell what is wrong and what would be posted.")
@LANGUAGE
@with_appcontext
def import_command(
    file: Path, kind: str | None, customer_code: str | None, warehouse_code: str | None, source: str,
    in_cm3: bool, dry_run: bool, language: str,
) -> None:  # fmt: skip
    """Post an Excel or CSV file of movements: all of it, or nothing. A second time changes nothing."""
    with speaking(language):
        options: dict[str, Any] = {"source": source, "in_cm3": in_cm3}
        if customer_code:
            options["customer_id"] = _customer(customer_code)
        if warehouse_code:
            options["warehouse_id"] = _warehouse(warehouse_code)
        import_file(kind or "movements", file, options, dry_run)


@warehouse.command("unit-days")
@click.option(
    "--customer", "customer_code", help="Code of the customer; everybody's totals if left out."
)
@click.option("--from", "first", type=DAY, required=True, help="First day.")
@click.option("--to", "last", type=DAY, required=True, help="Last day.")
@click.option("--unit", type=click.Choice([*UNITS]), default="m3", show_default=True)
@click.option("--rule", type=click.Choice([*RULES]), default="both", show_default=True)
@WAREHOUSE
@click.option("--csv", "as_csv", is_flag=True, help="Comma-separated, for a spreadsheet.")
@LANGUAGE
@with_appcontext
def unit_days_command(
    customer_code: str | None, first: datetime, last: datetime, unit: str, rule: str,
    warehouse_code: str | None, as_csv: bool, language: str,
) -> None:  # fmt: skip
    """Unit-days of a period: a line for every day and the total, or a line for every customer."""
    if last < first:
        raise click.BadParameter("the last day is before the first", param_hint="--to")
    period = Period(first.date(), last.date())
    with speaking(language):
        place = _warehouse(warehouse_code) if warehouse_code else None
        if customer_code is None:
            totals = unitdays.of_all(UNITS[unit], period, RULES[rule], SYSTEM, place)
            codes = {
                row.id: row.code for row in db.session.execute(select(Customer.id, Customer.code))
            }
            _print([(codes[row_id], plain_number(total)) for row_id, total in totals],
                   ("customer", say(DAY_UNITS[UNITS[unit]])), as_csv)  # fmt: skip
            return
        asked = Asked(_customer(customer_code), UNITS[unit], period, RULES[rule], place)
        rows = unitdays.table(asked, SYSTEM)
        total = sum((row.counted for row in rows), ZERO)
        _print([*map(_cells, rows), _total(total)], HEADS, as_csv)
        if not as_csv:
            click.echo(f"{plain_number(total)} {say(DAY_UNITS[UNITS[unit]])}")


@warehouse.command("verify")
@with_appcontext
def verify_command() -> None:
    """Prove that the kept days and lots say what the movements say."""
    with speaking("en"), bar("Comparing") as tell:
        found = []
        for done, differences in verifying.in_parts():
            found += differences
            tell(done, None)
    for each in found:
        day = each.day.isoformat() if each.day else "lot"
        click.echo(
            f"lot {each.lot_id} {each.lot}: {day}: kept {each.kept}, right {each.right}", err=True
        )
    if found:
        raise SystemExit(1)
    click.echo("The books are right.")


def _customer(code: str) -> int:
    found = db.session.scalar(select(Customer.id).where(Customer.code == code))
    if found is None:
        raise click.BadParameter(f"there is no customer {code}", param_hint="--customer")
    return found


def _warehouse(code: str) -> int:
    found = db.session.scalar(select(Warehouse.id).where(Warehouse.code == code.upper()))
    if found is None:
        raise click.BadParameter(f"there is no warehouse {code}", param_hint="--warehouse")
    return found


def _cells(row: TableRow) -> tuple[str, ...]:
    return (row.day.isoformat(), *(plain_number(each) for each in row[1:]))


def _total(total: Decimal) -> tuple[str, ...]:
    return ("total", "", "", "", "", plain_number(total))


def _print(rows: list[tuple[str, ...]], heads: tuple[str, ...], as_csv: bool) -> None:
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows([heads, *rows])
        return
    widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
    for row in (heads, *rows):
        first, *others = zip(row, widths, strict=True)
        click.echo(
            "  ".join([first[0].ljust(first[1]), *(cell.rjust(wide) for cell, wide in others)])
        )


commands = [warehouse]
