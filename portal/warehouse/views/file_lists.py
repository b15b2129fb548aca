"""The list of stock files, and the words of their states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from portal.access.permissions import Permission as P
from portal.kernel.text import t
from portal.usage.models import ImportBatch
from portal.usage.rules.states import BATCH_WORDS, BatchState
from portal.warehouse.views.lists import chip
from portal.web.filters import instant
from portal.web.labels import Label
from portal.web.listing import Column, Empty, ListSpec
from portal.web.words import say

S = BatchState
BATCHES: Mapping[str, Label] = {
    S.WAITING: Label(BATCH_WORDS[S.WAITING], "info", "hourglass-split"),
    S.READING: Label(BATCH_WORDS[S.READING], "info", "hourglass-split"),
    S.WRONG: Label(BATCH_WORDS[S.WRONG], "bad", "exclamation-circle"),
    S.READY: Label(BATCH_WORDS[S.READY], "warn", "clipboard-check"),
    S.APPLYING: Label(BATCH_WORDS[S.APPLYING], "info", "hourglass-split"),
    S.APPLIED: Label(BATCH_WORDS[S.APPLIED], "good", "check-circle"),
    S.DISCARDED: Label(BATCH_WORDS[S.DISCARDED], "done", "archive"),
    S.FAILED: Label(BATCH_WORDS[S.FAILED], "bad", "x-circle"),
}
KINDS = {"movements": t("Movements"), "stock_items": t("Goods")}


def _figure(name: str) -> Callable[[ImportBatch], Any]:
    return lambda row: f"{(row.counts or {}).get(name, 0):,}"


FILES = ListSpec(
    key="stock_files",
    columns=(
        Column("file", t("File"), lambda b: b.file_name, sort=ImportBatch.file_name),
        Column("kind", t("What it holds"), lambda b: say(KINDS[b.kind])),
        Column(
            "state",
            t("State"),
            lambda b: chip(BATCHES[b.state]),
            value=lambda b: say(BATCHES[b.state].text),
        ),
        Column("rows", t("Rows"), _figure("rows"), align="num"),
        Column("errors", t("Errors"), _figure("errors"), align="num"),
        Column(
            "sent",
            t("Sent"),
            lambda b: instant(b.created_at),
            sort=ImportBatch.created_at,
            value=lambda b: b.created_at,
        ),
    ),
    row_id=ImportBatch.id,
    sort="-sent",
    url=lambda b: url_for("desk_warehouse.file", batch_id=b.id),
    empty=Empty(
        t("No files yet"),
        t("Send the warehouse's own list: it is checked before anything is saved."),
        t("Import a file"),
        "desk_warehouse.new_file",
        P.STOCK_RECORD,
    ),
)
