"""`portal milestones …`: bring in a file of milestones from the command line, as the page does.

Exit codes: 0 done, 1 refused (the reasons are printed), 2 wrongly called.
"""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from portal.cli.batches import import_file
from portal.cli.speaking import FILE, LANGUAGE, speaking
from portal.shipments.actions.milestone_files import KIND


@click.group()
def milestones() -> None:
    """Milestones of shipments."""


@milestones.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only tell what is wrong and what would change.")
@LANGUAGE
@with_appcontext
def import_command(file: Path, dry_run: bool, language: str) -> None:
    """Report an Excel or CSV file of milestones: all of it, or nothing. A second time changes nothing."""
    with speaking(language):
        import_file(KIND, file, {}, dry_run)


commands = [milestones]
