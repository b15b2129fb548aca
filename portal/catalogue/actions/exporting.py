"""Tariffs out of the house as the product's own sheet: what comes back unchanged changes nothing."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO

from portal.access.viewer import Viewer
from portal.catalogue.models import Tariff
from portal.catalogue.queries.tariffs import rows_of
from portal.catalogue.rules.sheets.export import Language, write_own_csv, write_own_xlsx
from portal.catalogue.rules.sheets.rows import PriceRow


def write_tariff(target: Path, tariff: Tariff, viewer: Viewer, language: Language) -> int:
    """Write a tariff to a new .xlsx or .csv file, costs only for a viewer who may see them; the number of prices."""
    rows = list(rows_of(tariff, viewer))
    _write(target, target.suffix.lower().lstrip("."), rows, language)
    return len(rows)


def tariff_bytes(tariff: Tariff, kind: str, viewer: Viewer, language: Language) -> bytes:
    """A tariff as the bytes of an "xlsx" or "csv" file."""
    out = io.BytesIO()
    _write(out, kind, list(rows_of(tariff, viewer)), language)
    return out.getvalue()


def template_bytes(language: Language) -> bytes:
    """An empty sheet with the columns that a new list usually needs."""
    out = io.BytesIO()
    write_own_xlsx(out, [], language)
    return out.getvalue()


def _write(target: Path | IO[bytes], kind: str, rows: list[PriceRow], language: Language) -> None:
    if kind == "csv":
        write_own_csv(target, rows, language)
    else:
        write_own_xlsx(target, rows, language)
