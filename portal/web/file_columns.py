"""The columns of every list of files that were sent: which file, where it is, how many rows, how many errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from portal.kernel.text import Text, t
from portal.web.chips import chip
from portal.web.filters import instant
from portal.web.labels import Label
from portal.web.listing import Column
from portal.web.words import say

NEW_AND_ALTERED = (("new", t("New")), ("changed", t("Altered")))


def file_columns(
    model: Any,
    states: Mapping[str, Label],
    kinds: Mapping[str, Text] | None = None,
    more: tuple[tuple[str, Text], ...] = (),
) -> tuple[Column, ...]:
    """`model`: a table of files with file_name, kind, state, counts, created_at; `more`: further of its counts."""
    what = (Column("kind", t("What it holds"), lambda b: say(kinds[b.kind])),) if kinds else ()
    return (
        Column("file", t("File"), lambda b: b.file_name, sort=model.file_name),
        *what,
        Column("state", t("State"), lambda b: chip(states[b.state]), value=lambda b: say(states[b.state].text)),
        _count("rows", t("Rows")),
        *(_count(name, words) for name, words in more),
        _count("errors", t("Errors")),
        Column("sent", t("Sent"), lambda b: instant(b.created_at), sort=model.created_at,
               value=lambda b: b.created_at),
    )  # fmt: skip


def _count(name: str, words: Text) -> Column:
    return Column(name, words, _figure(name), align="num")


def _figure(name: str) -> Callable[[Any], str]:
    return lambda row: f"{(row.counts or {}).get(name, 0):,}"
