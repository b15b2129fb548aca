"""`portal worker`: what is done beside the pages."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from portal.jobs.schedule import run_for_ever, run_once
from portal.upkeep import in_use


@click.command()
@click.option("--once", is_flag=True, help="Run every job once, say what came of it, and stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Deliver mail and keep time, until stopped."""
    if once:
        for line in run_once():
            click.echo(line)
        return
    in_use.hold(current_app.config["INSTANCE"])
    signal.signal(signal.SIGTERM, _stop)
    click.echo("The worker is running; Ctrl+C stops it.")
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    run_for_ever(app)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


commands = [worker]
