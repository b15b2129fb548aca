"""`portal move-to-postgres`: from the one file to a database server, when one server is no longer enough."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import NoReturn

import click
from flask_migrate import upgrade
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from portal import config, create_app
from portal.cli.speaking import bar
from portal.db import carrying, dumps
from portal.db.base import db
from portal.upkeep.actions import moving
from portal.upkeep.in_use import InUse, alone


@click.command("move-to-postgres")
@click.argument("url")
def move(url: str) -> None:
    """Copy this installation's SQLite database into the empty PostgreSQL database at URL, and prove it.

    The portal must not be running. What is here stays as it is, papers included.
    """
    settings = config.load()
    source = carrying.path_of(settings["SQLALCHEMY_DATABASE_URI"])
    address = config.database_url(url, settings["INSTANCE"])
    if source is None or not source.exists():
        _refuse("There is no SQLite database here to be moved: is DATABASE_URL set already?")
    if not address.startswith("postgresql"):
        _refuse("Name a PostgreSQL database: postgresql://user:password@host/name")
    try:
        with alone(settings["INSTANCE"]):
            moved, seconds = _moved(source, address)
    except (InUse, carrying.CannotCarry) as error:
        _refuse(error)
    except DBAPIError as error:
        _refuse(str(error.orig).strip())
    _tell(moved, seconds, address, source)


def _moved(source: Path, address: str) -> tuple[moving.Moved, float]:
    """What was moved, and in how many seconds."""
    app = create_app({"SQLALCHEMY_DATABASE_URI": address})
    with app.app_context():
        try:
            if dumps.is_empty(address):
                upgrade()
            began = time.monotonic()
            with bar("Copying") as tell:
                moved = moving.move(source, db.engine, tell)
            return moved, time.monotonic() - began
        finally:
            db.session.remove()
            db.engine.dispose()


def _tell(moved: moving.Moved, seconds: float, address: str, source: Path) -> None:
    pace = moved.rows / max(seconds, 0.001)
    click.echo(
        f"{moved.rows:,} rows of {len(moved.tables)} tables in {seconds:.1f} s ({pace:,.0f} a second): "
        "each was read back and is the same."
    )
    if moved.broken is None:
        click.echo(f"The history's chain of {moved.entries:,} entries is whole.")
    else:
        click.echo(f"The history does not fit at entry {moved.broken}; it was so before.", err=True)
    if moved.lacking:
        click.echo(
            f"{moved.lacking} papers are not in the archive; they were not before.", err=True
        )
    click.echo(
        "To switch, set for the web server, the worker and the backup, and start them again:"
    )
    click.echo(
        f"  DATABASE_URL={make_url(address).set(drivername='postgresql').render_as_string()}"
    )
    click.echo(f"{source} is no longer used then; keep it until the first backup is proven.")


def _refuse(why: object) -> NoReturn:
    click.echo(str(why), err=True)
    sys.exit(1)


commands = [move]
