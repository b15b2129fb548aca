"""The list of files that were sent."""

from __future__ import annotations

from flask import url_for

from portal.access.permissions import Permission as P
from portal.intake.rules.kinds import KINDS
from portal.kernel.text import t
from portal.usage.labels import BATCHES
from portal.usage.models import ImportBatch
from portal.web.file_columns import NEW_AND_ALTERED, file_columns
from portal.web.listing import Empty, Filter, ListSpec

ANY = ("", t("Any"))


FILES = ListSpec(
    key="intake_files",
    columns=file_columns(ImportBatch, BATCHES, KINDS, NEW_AND_ALTERED),
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
