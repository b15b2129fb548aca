"""`portal audit …`: whether the history is whole."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from portal.db.audit import AuditEntry, first_broken_link
from portal.db.base import db

audit = AppGroup("audit", help="The history of every record.")


@audit.command()
def verify() -> None:
    """Check the chain of hashes from the first entry to the last; exit code 1 when it is broken."""
    count = db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    broken = first_broken_link()
    if broken is None:
        click.echo(f"The chain of {count} entries is whole.")
        return
    click.echo(f"Entry {broken} was changed, or one before it is missing.", err=True)
    sys.exit(1)


commands = [audit]
