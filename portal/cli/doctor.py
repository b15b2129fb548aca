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
@click.option(
    "--before-opening",
    is_flag=True,
    help="Only what a release must find in order before it is served; prints a paper too.",
)
@LANGUAGE
@with_appcontext
def doctor(before_opening: bool, language: str) -> None:
    """Look at database, worker, mail, disk, backups, clock, typefaces, secret, files; exit code 1 if one is broken."""
    look = queries.before_opening if before_opening else queries.signs
    with speaking(language):
        signs = look(clock.now(), current_app.config)
        for sign in signs:
            click.echo(f"{MARKS[sign.tone]} {say(sign.name)}: {say(sign.found)}")
            if sign.advice is not None:
                click.echo(f"    {say(sign.advice)}")
    if any(sign.tone == "bad" for sign in signs):
        sys.exit(1)


commands = [doctor]
