"""One warm press for all tests of printing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.documents import render
from portal.documents.render import Press, PrintedPaper
from portal.documents.rules.words import PaperLanguage

Printer = Callable[..., PrintedPaper]


@pytest.fixture(scope="session")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    """A press in a folder of its own, ended after the last test."""
    before = list(render._chosen)
    press = render.configure(tmp_path_factory.mktemp("press"))
    yield press
    press.stop()
    render._chosen[:] = before


@pytest.fixture(scope="session")
def printed(press: Press) -> Printer:
    """Print facts, each combination once in the session."""
    kept: dict[Any, PrintedPaper] = {}

    def print_once(
        facts: Any, language: PaperLanguage = PaperLanguage.ZH, template: str = "quotation.html"
    ) -> PrintedPaper:
        key = (template, facts, language)
        if key not in kept:
            kept[key] = render.render(template, facts, language)
        return kept[key]

    return print_once
