"""`portal usage …`: bring in a file of usage from the command line, as the page does.

Exit codes: 0 done, 1 refused (the reasons are printed), 2 wrongly called.
"""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from portal.cli.batches import import_file
from portal.cli.speaking import FILE, LANGUAGE, speaking
from portal.usage.actions.importing import KIND, SOURCE
from portal.usage.rules.facts import LONGEST_SOURCE


@click.group()
def usage() -> None:
    """Usage of what customers bought."""


@usage.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only tell what is wrong and what would be drawn.")
@click.option(
    "--source",
    default=SOURCE,
    show_default=True,
    help="Where the file comes from; a reference counts once for each source.",
)
@LANGUAGE
@with_appcontext
def import_command(file: Path, dry_run: bool, source: str, language: str) -> None:
    """Record an Excel or CSV file of usage: all of it, or nothing. A second time changes nothing."""
    if not 0 < len(source) <= LONGEST_SOURCE:
        raise click.BadParameter(f"1 to {LONGEST_SOURCE} characters", param_hint="--source")
    with speaking(language):
        import_file(KIND, file, {"source": source}, dry_run)


commands = [usage]
