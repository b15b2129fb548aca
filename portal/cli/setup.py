"""Setting up: the database brought to date, the demo world or the first administrator's link."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.accounts.actions import first_administrator_link
from portal.accounts.models import User
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.demo.world import build_world, demo_logins
from portal.jobs import first_rows
from portal.kernel import clock


@click.command()
@click.option("--demo/--no-demo", default=True, help="Fill an empty database with the demo world.")
@click.option("--logins", is_flag=True, help="Print the demo world's sign-ins.")
@with_appcontext
def setup(demo: bool, logins: bool) -> None:
    """Bring the database to date; an empty one gets the demo world or its first administrator's link."""
    upgrade()
    joined = select(func.count()).select_from(User).where(User.password.is_not(None))
    if demo and not db.session.scalar(joined):
        click.echo("Building the demo world …")
        build_world(clock.now(), progress=click.echo)
    with unit_of_work():
        first_rows.seed(SYSTEM, clock.now())
    if logins:
        _print_logins()
    if db.session.scalar(joined):
        return
    with unit_of_work():
        link = first_administrator_link(current_app.config["BASE_URL"], clock.now())
    click.echo("The first administrator opens this link once, within 24 hours:")
    click.echo(f"  {link}")


@click.command("demo-logins")
@with_appcontext
def demo_logins_command() -> None:
    """Print the demo world's sign-ins, one for each role."""
    _print_logins()


def _print_logins() -> None:
    for line in demo_logins():
        click.echo(line)


commands = [setup, demo_logins_command]
