"""The command line: `portal …`. Commands parse, then call an action or a job."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy.exc import OperationalError

from portal import create_app
from portal.kernel import loading

COMMANDS = (
    "setup",
    "admin",
    "rates",
    "batches",
    "usage",
    "shipments",
    "warehouse",
    "statements",
    "carrier_bills",
    "classes",
    "intake",
    "worker",
    "audit",
    "backup",
    "move",
    "doctor",
    "demo",
)


def _app() -> Flask:
    app = create_app()
    loading.keep()
    return app


class _Commands(FlaskGroup):
    """All of them; a database that does not answer is told in a line, to whoever looks for why nothing works."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OperationalError as error:
            said = str(error.orig).strip()
            raise click.ClickException(f"The database does not answer: {said}") from error


main = _Commands(
    name="portal",
    create_app=_app,
    add_default_commands=False,
    add_version_option=False,
    help="The customer portal and quoting desk.",
)
with loading.uncollected():
    for name in COMMANDS:
        if find_spec(f"portal.cli.{name}") is not None:
            for command in import_module(f"portal.cli.{name}").commands:
                main.add_command(command)
