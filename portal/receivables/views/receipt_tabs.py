"""The parts of the receipts' pages, each with how much waits there."""

from __future__ import annotations

from flask import g, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.receivables.actions.bank_files import KIND
from portal.receivables.queries.receipts import unmatched_count
from portal.receivables.views.desk_door import Tab
from portal.usage.queries.records import open_batches


def tabs(here: str) -> list[Tab]:
    """The tabs; whoever only reads sees no rows of the banks."""
    found: list[Tab] = [(_("Receipts"), url_for("desk_receipts.index"), here == "index", None)]
    if g.viewer.may(P.RECEIPT_RECORD):
        waiting, files = unmatched_count(), open_batches(KIND)
        found.append(
            (_("Payer to be found"), url_for("desk_receipts.bank"), here == "bank", _shown(waiting))
        )
        found.append(
            (
                _("Files of the bank"),
                url_for("desk_receipts.imports"),
                here == "imports",
                _shown(files),
            )
        )
    return found


def _shown(count: int) -> str | None:
    return f"{count:,}" if count else None
