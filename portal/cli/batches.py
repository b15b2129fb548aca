"""`portal batches …`, and what every command that brings in a file does alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from portal.cli.speaking import bar, print_problems
from portal.jobs.batches import bring_in, read_file, work


@click.group(hidden=True)
def batches() -> None:
    """Files that were sent on a page."""


@batches.command("work")
@click.argument("batch_id", type=int)
@with_appcontext
def work_command(batch_id: int) -> None:
    """Read or apply one file that was sent on a page."""
    work(batch_id)


def import_file(kind: str, file: Path, options: Mapping[str, Any], dry_run: bool) -> None:
    """Read a file of `kind`, print what is wrong and what it holds; apply it unless `dry_run`.

    Exits with 1 when the file has errors; then nothing is saved.
    """
    with bar("Reading") as tell:
        found = read_file(kind, file, options, tell)
    print_problems(found.problems)
    _print_counts(found.counts)
    if found.is_wrong:
        raise SystemExit(1)
    if dry_run:
        return
    with bar("Writing") as tell:
        done = bring_in(kind, file, options, found, tell)
    _print_counts(done)


def _print_counts(counts: Mapping[str, Any]) -> None:
    figures = ((name, count) for name, count in counts.items() if isinstance(count, int))
    click.echo(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in figures))


commands = [batches]
