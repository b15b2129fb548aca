"""The list of files that were sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from markupsafe import Markup

from portal.access.permissions import Permission as P
from portal.intake.labels import BATCHES
from portal.intake.rules.kinds import KINDS
from portal.kernel.text import t
from portal.usage.models import ImportBatch
from portal.web.filters import instant
from portal.web.icons import icon
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

ANY = ("", t("Any"))


def chip(label: Label) -> Markup:
    """A state: mark and word."""
    return Markup('<span class="chip chip-{}">{}{}</span>').format(
        label.tone, icon(label.icon), say(label.text)
    )


def _figure(name: str) -> Callable[[ImportBatch], Any]:
    return lambda row: f"{(row.counts or {}).get(name, 0):,}"


FILES = ListSpec(
    key="intake_files",
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
        Column("new", t("New"), _figure("new"), align="num"),
        Column("changed", t("Altered"), _figure("changed"), align="num"),
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
    url=lambda b: url_for("desk_intake.show", batch_id=b.id),
    filters=(
        Filter(
            "kind",
            t("What it holds"),
            lambda: [ANY, *KINDS.items()],
            lambda s, v: s.where(ImportBatch.kind == v),
        ),
    ),
    empty=Empty(
        t("No files yet"),
        t("Send a list of customers from another system: it is checked before anything is saved."),
        t("Send a file"),
        "desk_intake.new",
        P.CUSTOMER_IMPORT,
    ),
)
