"""The staff's doors of this room."""

from __future__ import annotations

from portal.receivables.views import (
    desk_bank,
    desk_bank_files,
    desk_dunning,
    desk_holds,
    desk_invoices,
    desk_rating,
    desk_receipts,
    desk_receivables,
    desk_reports,
    desk_settlement,
    desk_squaring,
)

MODULES = (desk_bank, desk_bank_files, desk_holds, desk_rating, desk_squaring)
"""They hang their views on the same doors."""
blueprints = [
    desk_receipts.bp,
    desk_invoices.bp,
    desk_receivables.bp,
    desk_dunning.bp,
    desk_settlement.bp,
    desk_reports.bp,
]
