"""`portal backup`, `portal backup verify`, `portal restore`: everything in one file, proven, and back again."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import with_appcontext

from portal import config
from portal.db.base import db
from portal.db.dumps import DumpFailed
from portal.db.revision import present_revision
from portal.db.work import unit_of_work
from portal.documents.archive import ArchiveUnreachable, archive, archive_of
from portal.kernel import clock
from portal.upkeep.actions import noting, packing, unpacking
from portal.upkeep.in_use import InUse, alone
from portal.upkeep.rules.jobs import BACKUP, PROVEN
from portal.upkeep.rules.retention import Keep, kept

MB = 1024 * 1024
USUAL = Keep()
EXPECTED = (
    ArchiveUnreachable,
    DumpFailed,
    InUse,
    packing.NotEncrypted,
    unpacking.Refused,
    unpacking.Unreadable,
)
IDENTITY = click.option(
    "--identity", type=click.Path(path_type=Path, exists=True), help="The age key that decrypts it."
)


@click.group(invoke_without_command=True)
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Folder instead of PORTAL_BACKUPS.")  # fmt: skip
@click.option("--encrypt-to", "recipient", help="age1… or a gpg key, instead of PORTAL_BACKUP_RECIPIENT.")  # fmt: skip
@click.option("--days", default=USUAL.days, show_default=True, help="Days that keep their latest backup.")  # fmt: skip
@click.option("--weeks", default=USUAL.weeks, show_default=True, help="Weeks that keep their latest.")  # fmt: skip
@click.option("--months", default=USUAL.months, show_default=True, help="Months that keep their latest.")  # fmt: skip
@click.pass_context
def backup(
    context: click.Context, folder: Path | None, recipient: str | None, days: int, weeks: int, months: int
) -> None:  # fmt: skip
    """Write database, archive and secret key into one file, while the portal is in use; older ones make room."""
    context.obj = (folder, recipient, Keep(days, weeks, months))
    if context.invoked_subcommand is None:
        context.invoke(_make)


@click.command()
@click.pass_context
@with_appcontext
def _make(context: click.Context) -> None:
    folder, recipient, keep = context.obj
    target = folder or current_app.config["BACKUPS"]
    reader = current_app.config["BACKUP_RECIPIENT"] if recipient is None else recipient
    try:
        made = packing.make(_place(), target, clock.now(), reader)
    except EXPECTED as error:
        _refuse(error)
    with unit_of_work():
        noting.note(BACKUP, clock.now(), made.path.name)
    click.echo(f"{made.path}")
    click.echo(f"{made.rows:,} rows, {made.archived:,} archived files, {made.size / MB:,.1f} MB")
    if not archive().is_contained:
        click.echo(f"The papers stay in {archive().place}; the backup lists them by their hashes.")
    if made.path.suffix == ".gz":
        click.echo(
            "It is not encrypted and holds the secret key: keep it where only you can read it."
        )
    for name in _make_room(target, keep):
        click.echo(f"removed {name}")


@backup.command()
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@IDENTITY
@with_appcontext
def verify(file: Path | None, identity: Path | None) -> None:
    """Restore a backup (the latest, unless FILE is named) to a scratch place and compare; exit code 1 if not whole."""
    folder: Path = current_app.config["BACKUPS"]
    latest = max(packing.made_in(folder), default="")
    if file is None and not latest:
        _refuse(f"There is no backup in {folder}.")
    chosen, url = file or folder / latest, current_app.config["SQLALCHEMY_DATABASE_URI"]
    try:
        with tempfile.TemporaryDirectory(prefix="portal-verify-") as scratch:
            wrong = unpacking.verify(chosen, url, Path(scratch), identity)
    except EXPECTED as error:
        _refuse(error)
    if wrong:
        _refuse("\n".join(f"{chosen.name}: {each}" for each in wrong))
    with unit_of_work():
        noting.note(PROVEN, clock.now(), chosen.name)
    click.echo(f"{chosen.name} is whole: it was restored to a scratch place and compared.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Put what is there aside, in a folder beside it.")
@IDENTITY
def restore(file: Path, replace: bool, identity: Path | None) -> None:
    """Bring a backup back into this instance; afterwards run `portal setup`."""
    settings = config.load()
    instance: Path = settings["INSTANCE"]
    url, secret = settings["SQLALCHEMY_DATABASE_URI"], settings["SECRET_KEY"]
    try:
        with alone(instance):
            aside = unpacking.restore(
                file, instance, url, secret, clock.now(), replace=replace, identity=identity,
                into=archive_of(settings),
            )  # fmt: skip
    except EXPECTED as error:
        _refuse(error)
    click.echo(f"{file.name} is restored. Run: portal setup")
    if aside is not None:
        click.echo(f"What was there lies in {aside}.")


def _place() -> packing.Place:
    return packing.Place(
        current_app.config["INSTANCE"], db.engine, present_revision() or "", current_app.config["SECRET_KEY"]
    )  # fmt: skip


def _make_room(folder: Path, keep: Keep) -> list[str]:
    made = packing.made_in(folder)
    old = sorted(set(made) - kept(made, keep))
    for name in old:
        (folder / name).unlink()
    return old


def _refuse(why: object) -> NoReturn:
    click.echo(str(getattr(why, "text", why)), err=True)
    sys.exit(1)


commands = [backup, restore]
