"""`portal audit …`: whether the history is whole."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from portal.db.audit import holds, verified

audit = AppGroup("audit", help="The history of every record.")


@audit.command()
@click.option(
    "--holds", "mark", metavar="MARK", help="a mark that an earlier check told: is it still there?"
)
def verify(mark: str | None) -> None:
    """Check the chain of hashes from the first entry to the last; exit code 1 when it is broken.

    A chain that lost its newest entries is whole as far as it goes: keep the mark that a check tells somewhere else
    (with the backups, in an e-mail), and give it to a later one.
    """
    found = verified()
    if found.broken is not None:
        click.echo(f"Entry {found.broken} was changed, or one before it is missing.", err=True)
        sys.exit(1)
    if mark is not None and not holds(mark):
        click.echo(
            "The entry of that mark is gone: newer ones were cut off, or it is no mark of ours.",
            err=True,
        )
        sys.exit(1)
    click.echo(f"The chain of {found.count} entries is whole. Its newest mark: {found.newest}")
    if found.redacted:
        click.echo(f"A person's name was taken out of {found.redacted} of them, each on record.")


commands = [audit]
