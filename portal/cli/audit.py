"""`portal audit …`: whether the history is whole."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from portal.db.audit import verified

audit = AppGroup("audit", help="The history of every record.")


@audit.command()
def verify() -> None:
    """Check the chain of hashes from the first entry to the last; exit code 1 when it is broken."""
    found = verified()
    if found.broken is not None:
        click.echo(f"Entry {found.broken} was changed, or one before it is missing.", err=True)
        sys.exit(1)
    click.echo(f"The chain of {found.count} entries is whole.")
    if found.redacted:
        click.echo(f"A person's name was taken out of {found.redacted} of them, each on record.")


commands = [audit]
