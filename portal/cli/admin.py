"""`portal create-admin`: an administrator by name, from the server's own command line.

Exit codes: 0 done, 1 refused (the reason is printed), 2 wrongly called.
"""

from __future__ import annotations

import re

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.access.viewer import SYSTEM
from portal.accounts.actions import administrator_link, invite_again
from portal.accounts.queries import by_email
from portal.cli.speaking import speaking
from portal.db.work import unit_of_work
from portal.kernel import clock

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@click.command("create-admin")
@click.argument("email")
@click.argument("name")
@click.option("--mail", is_flag=True, help="Mail the link instead of printing it.")
@click.option(
    "--language",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="Of this person's pages.",
)
@with_appcontext
def create_admin(email: str, name: str, mail: bool, language: str) -> None:
    """Make EMAIL an administrator called NAME, and print the link, good once, with which they join."""
    if not ADDRESS.fullmatch(email):
        raise click.BadParameter(f"{email} is no mail address", param_hint="EMAIL")
    now, locale = clock.now(), "zh_CN" if language == "zh" else "en"
    with speaking(language), unit_of_work():
        link = administrator_link(email, name, locale, current_app.config["BASE_URL"], now)
        user = by_email(email)
        if link is not None and mail and user is not None:
            invite_again(user, SYSTEM, now)
    if link is None:
        click.echo(f"{email} signs in already, and is an administrator.")
    elif mail:
        click.echo(f"{email} gets a link by mail, good once.")
    else:
        click.echo(f"{name} opens this link once, within 24 hours:")
        click.echo(f"  {link}")


commands = [create_admin]
