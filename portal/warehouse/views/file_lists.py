"""The list of stock files, and the words of their states."""

from __future__ import annotations

from flask import url_for

from portal.access.permissions import Permission as P
from portal.kernel.text import t
from portal.usage.labels import BATCHES
from portal.usage.models import ImportBatch
from portal.web.file_columns import file_columns
from portal.web.listing import Empty, ListSpec

KINDS = {"movements": t("Movements"), "stock_items": t("Goods")}


FILES = ListSpec(
    key="stock_files",
    columns=file_columns(ImportBatch, BATCHES, KINDS),
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
