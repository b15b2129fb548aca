"""What the commands share: options, one language, progress, and problems as lines."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask_babel import force_locale

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.kernel.errors import FileProblems, PortalError, Problem
from portal.web.words import say

SHOWN = 40
DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
LANGUAGE = click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True
)


@contextmanager
def speaking(language: str) -> Any:
    """Everybody's rights, one language, and failures as a message with exit code 1."""
    set_viewer(SYSTEM)
    with force_locale("zh_CN" if language == "zh" else "en"):
        try:
            yield
        except FileProblems as error:
            print_problems(error.problems)
            raise SystemExit(1) from error
        except PortalError as error:
            raise click.ClickException(say(error.text)) from error


@contextmanager
def bar(label: str) -> Any:
    """A progress bar that is told (done, total) whenever somebody knows."""
    with click.progressbar(length=1, label=label) as shown:

        def tell(done: int, total: int | None) -> None:
            shown.length = max(total or done, 1)
            shown.update(max(done - shown.pos, 0))

        yield tell
        shown.update(max((shown.length or 1) - shown.pos, 0))


def print_problems(problems: Iterable[Problem]) -> None:
    """Each problem as a line on the error stream, the first 40 of them."""
    listed = list(problems)
    for each in listed[:SHOWN]:
        place = f"{each.row or '-':>7} {each.column or '-'}"
        click.echo(f"{each.severity:8}{place}: {each.found!r}: {say(each.expected)}", err=True)
    if len(listed) > SHOWN:
        click.echo(f"… {len(listed) - SHOWN:,} more", err=True)
