"""`portal rates …`: import, export and use tariffs from the command line, as the pages do.

Exit codes: 0 done, 1 refused (the reasons are printed), 2 wrongly called.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.catalogue.actions import batch, imports, tariffs
from portal.catalogue.actions.archive import keep
from portal.catalogue.actions.exporting import write_tariff
from portal.catalogue.actions.profiles import profile_of
from portal.catalogue.actions.reading import open_sheet, read_sheet
from portal.catalogue.models import PriceScheme, Tariff
from portal.catalogue.queries.imports import profile_by_fingerprint, profile_by_name, profile_list
from portal.catalogue.queries.schemes import scheme_by_code
from portal.catalogue.queries.tariffs import tariff_by_code, to_compare_with
from portal.catalogue.rules.sheets.profile import Profile
from portal.catalogue.rules.sheets.rows import Reading
from portal.cli.speaking import DAY, FILE, LANGUAGE, NEW_FILE, SHOWN, bar, print_problems, speaking
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs.imports import work
from portal.kernel import clock
from portal.web.words import say


@click.group()
def rates() -> None:
    """Rate sheets and tariffs."""


@rates.command("import")
@click.argument("file", type=FILE)
@click.option("--scheme", "scheme_code", required=True, help="Code of the price scheme.")
@click.option("--profile", "profile_name", help="Name of a saved mapping profile.")
@click.option("--valid-from", type=DAY, help="First day of the tariff; today if left out.")
@click.option("--valid-to", type=DAY, help="Last day of the tariff; open if left out.")
@click.option("--dry-run", is_flag=True, help="Only tell what is wrong and what would change.")
@click.option("--leave-out-wrong", is_flag=True, help="Take the right rows, leave out the wrong.")
@click.option("--activate", is_flag=True, help="Put the new tariff in force at once.")
@LANGUAGE
@with_appcontext
def import_command(
    file: Path, scheme_code: str, profile_name: str | None, valid_from: datetime | None,
    valid_to: datetime | None, dry_run: bool, leave_out_wrong: bool, activate: bool, language: str,
) -> None:  # fmt: skip
    """Read a rate sheet, show what is wrong and what changes, and make a draft tariff of it."""
    with speaking(language):
        scheme = _scheme(scheme_code)
        first_day = valid_from.date() if valid_from else clock.today(current_app.config["TIMEZONE"])
        profile = _profile(file, profile_name)
        with bar("Reading") as tell:
            reading = read_sheet(file, file.name, profile, tell)
        found = imports.found_by(reading, to_compare_with(scheme.id, first_day), SYSTEM)
        print_problems(reading.problems)
        _print_found(found.counts)
        refused = found.state == "wrong" and not leave_out_wrong
        if refused or not reading.rows:
            raise SystemExit(1)
        if dry_run:
            return
        last_day = valid_to.date() if valid_to else None
        _make(file, scheme, reading, (first_day, last_day), activate)


def _make(
    file: Path, scheme: PriceScheme, reading: Reading, days: tuple[Any, Any], activate: bool
) -> None:
    mark = keep(Path(current_app.config["INSTANCE"]), file.read_bytes())
    with bar("Writing") as tell, unit_of_work():
        row = db.session.merge(scheme)
        now = clock.now()
        tariff = tariffs.draft_tariff(
            row, days[0], SYSTEM, now, valid_to=days[1], source_name=file.name, source_sha256=mark
        )
        tariffs.apply_rows(tariff, reading.rows, SYSTEM, now, tell)
        if activate:
            tariffs.activate(tariff, SYSTEM, now)
        told = f"{tariff.code}: {tariff.price_count:,} prices, {tariff.state}"
    click.echo(told)


@rates.command("export")
@click.option("--tariff", "code", required=True, help="Code of the tariff.")
@click.option("-o", "--output", type=NEW_FILE, required=True, help="New .xlsx or .csv file.")
@LANGUAGE
@with_appcontext
def export_command(code: str, output: Path, language: str) -> None:
    """Write a tariff as a sheet; importing it unchanged changes nothing."""
    with speaking(language):
        tariff = _tariff(code)
        count = write_tariff(output, tariff, SYSTEM, "zh" if language == "zh" else "en")
        click.echo(f"{output}: {count:,} prices")


@rates.command("price")
@click.argument("file", type=FILE)
@click.option("--tariff", "code", required=True, help="Code of the tariff.")
@click.option("-o", "--output", type=NEW_FILE, help="New .xlsx or .csv file for the answer.")
@click.option("--on", type=DAY, help="Day for lines without a date; today if left out.")
@click.option("--cheapest", is_flag=True, help="Take the cheapest where several prices fit.")
@LANGUAGE
@with_appcontext
def price_command(
    file: Path, code: str, output: Path | None, on: datetime | None, cheapest: bool, language: str
) -> None:
    """Price a file of shipments by a tariff: charge, working, and what has no price."""
    with speaking(language):
        day = on.date() if on else clock.today(current_app.config["TIMEZONE"])
        tariff = _tariff(code)
        with bar("Pricing") as tell:
            priced = batch.price_file(
                file, file.name, tariff, SYSTEM, on=day, cheapest=cheapest, progress=tell
            )
        if output is not None:
            batch.write_answer(output, priced, say)
        print_problems(priced.problems)
        _print_batch(priced)
        if priced.unpriced or priced.problems:
            raise SystemExit(1)


@rates.command("profiles")
@with_appcontext
def profiles_command() -> None:
    """List the saved mapping profiles."""
    set_viewer(SYSTEM)
    for row in db.session.scalars(profile_list()):
        columns = len(row.profile["columns"])
        click.echo(f"{row.name}\t{row.profile['layout']}\t{columns} columns")


@rates.command("work", hidden=True)
@click.argument("import_id", type=int)
@with_appcontext
def work_command(import_id: int) -> None:
    """Read or apply one sheet that was sent on the page."""
    work(import_id)


def _scheme(code: str) -> PriceScheme:
    row = scheme_by_code(code, SYSTEM)
    if row is None:
        raise click.BadParameter(f"there is no price scheme {code}", param_hint="--scheme")
    return row


def _tariff(code: str) -> Tariff:
    row = tariff_by_code(code, SYSTEM)
    if row is None:
        raise click.BadParameter(f"there is no tariff {code}", param_hint="--tariff")
    return row


def _profile(file: Path, name: str | None) -> Profile | None:
    """The named profile, the one saved for these headers, None for the product's own sheet."""
    if name is not None:
        row = profile_by_name(name)
        if row is None:
            raise click.BadParameter(f"there is no profile {name}", param_hint="--profile")
        return profile_of(row)
    opening = open_sheet(file, file.name)
    if opening.is_own:
        return None
    row = profile_by_fingerprint(opening.mark)
    if row is None:
        raise click.UsageError(
            "No profile is saved for a sheet with these headers. Send it once on the import page and "
            "save how it is read, or name one with --profile (portal rates profiles lists them)."
        )
    return profile_of(row)


def _print_found(counts: dict[str, Any]) -> None:
    click.echo(
        f"{counts['read']:,} rows read, {counts['left_out']:,} left out: {counts['prices']:,} prices, "
        f"{counts['errors']:,} errors, {counts['warnings']:,} warnings"
    )
    against = counts["against"] or "nothing in force"
    words = ", ".join(f"{count:,} {kind}" for kind, count in counts["difference"].items())
    click.echo(f"Against {against}: {words}")


def _print_batch(priced: batch.Batch) -> None:
    totals = priced.totals
    for row in priced.unpriced[:SHOWN]:
        click.echo(f"{row.shipment.row:>7} {row.shipment.reference}: {say(row.why)}", err=True)
    click.echo(f"{totals.shipments:,} shipments, {totals.priced:,} priced")
    for currency, amount in totals.amounts.items():
        click.echo(f"{currency} {amount:,}")
    if totals.billed_lines:
        click.echo(
            f"Billed {totals.billed:,} on {totals.billed_lines:,} lines; "
            f"{totals.different:,} differ, together {totals.different_amount:,}"
        )


commands = [rates]
