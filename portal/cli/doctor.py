"""`portal doctor`: whether all is well, and what to do where it is not."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.cli.speaking import LANGUAGE, speaking
from portal.kernel import clock
from portal.upkeep import queries
from portal.web.words import say

MARKS = {"good": "✓", "warn": "!", "bad": "✗"}


@click.command()
@LANGUAGE
@with_appcontext
def doctor(language: str) -> None:
    """Look at database, worker, mail, disk, backups, clock, typefaces, secrets; exit code 1 if something is broken."""
    with speaking(language):
        signs = queries.signs(clock.now(), current_app.config["INSTANCE"])
        for sign in signs:
            click.echo(f"{MARKS[sign.tone]} {say(sign.name)}: {say(sign.found)}")
            if sign.advice is not None:
                click.echo(f"    {say(sign.advice)}")
    if any(sign.tone == "bad" for sign in signs):
        sys.exit(1)


commands = [doctor]
