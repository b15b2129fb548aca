"""`portal intake …`: files of customers from the command line, as on the page.

Exit codes: 0 done, 1 refused (the reasons are printed), 2 wrongly called.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from portal.cli.batches import import_file
from portal.cli.speaking import FILE, LANGUAGE, speaking
from portal.intake.actions.planning import LIMITS
from portal.intake.queries.files import KINDS
from portal.intake.rules.heads import find_heads, missing
from portal.intake.rules.spelling import folded
from portal.kernel.tables.opening import open_table

KIND = click.option(
    "--kind", type=click.Choice(KINDS), help="What the file holds; else told by its heads."
)
WORD = click.option(
    "--word",
    "words",
    type=(str, str, str),
    multiple=True,
    metavar="FIELD FOUND MEANT",
    help="Take FOUND in the column FIELD for MEANT.",
)
LEAVE_OUT = click.option(
    "--leave-out-blank", is_flag=True, help="Leave rows without a customer out."
)


@click.group()
def intake() -> None:
    """Customers, contacts, opportunities and history from files."""


@intake.command("check")
@click.argument("file", type=FILE)
@KIND
@WORD
@LEAVE_OUT
@LANGUAGE
@with_appcontext
def check_command(
    file: Path, kind: str | None, words: tuple[Any, ...], leave_out_blank: bool, language: str
) -> None:
    """Tell what is wrong with a file and what it would do; nothing is saved."""
    with speaking(language):
        import_file(_kind(file, kind), file, _options(words, leave_out_blank), dry_run=True)


@intake.command("apply")
@click.argument("file", type=FILE)
@KIND
@WORD
@LEAVE_OUT
@LANGUAGE
@with_appcontext
def apply_command(
    file: Path, kind: str | None, words: tuple[Any, ...], leave_out_blank: bool, language: str
) -> None:
    """Bring in a file: all of it, or nothing. A second time changes nothing."""
    with speaking(language):
        import_file(_kind(file, kind), file, _options(words, leave_out_blank), dry_run=False)


def _options(words: tuple[Any, ...], leave_out_blank: bool) -> dict[str, Any]:
    meant: dict[str, dict[str, str]] = {}
    for field, found, said in words:
        meant.setdefault(field, {})[folded(found)] = said
    return {"words": meant, "leave_out_blank": leave_out_blank}


def _kind(file: Path, kind: str | None) -> str:
    """What a file holds: as it was said, else the kind that lacks nothing and knows the most of its heads."""
    if kind is not None:
        return kind
    table = open_table(file, file.name, limits=LIMITS)
    heads = {each: find_heads(table, each) for each in KINDS}
    whole = [each for each in KINDS if not missing(heads[each])]
    if not whole:
        raise click.UsageError("Say by --kind what the file holds: its heads do not tell.")
    return max(whole, key=lambda each: sum(bool(column.field) for column in heads[each].columns))


commands = [intake]
