"""The copy of a person's data as one ZIP: JSON for machines, pages and tables in both languages for people."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import force_locale

from portal.kernel.text import Text
from portal.privacy.queries.copying import Copied
from portal.privacy.rules.column_words import COLUMNS
from portal.privacy.rules.table_words import TABLES
from portal.web.exports import table_bytes
from portal.web.words import read_in, say

LANGUAGES = (("zh", "zh_CN"), ("en", "en"))
ZIP = "application/zip"


def packed(copies: Sequence[Copied], name: str, now: datetime, reader: str) -> bytes:
    """The ZIP: data.json, and for each language index.html with a table beside it for every part.

    `reader`: the language of this request, which is spoken again afterwards.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        tables = {each.table: [_json(row) for row in each.rows] for each in copies}
        told = {"person": name, "made_at": now.isoformat(), "tables": tables}
        file.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=1, default=str))
        for folder, locale in LANGUAGES:
            read_in(locale)
            with force_locale(locale):
                _write(file, folder, copies, name, now)
    read_in(reader)
    return out.getvalue()


def _write(
    file: zipfile.ZipFile, folder: str, copies: Sequence[Copied], name: str, now: datetime
) -> None:
    parts = []
    for each in copies:
        columns = [column for column in each.columns if column in COLUMNS]
        heads = [say(COLUMNS[column]) for column in columns]
        rows = [[_said(row[column]) for column in columns] for row in each.rows]
        parts.append((each.table, say(TABLES[each.table]), heads, rows))
        table = table_bytes("csv", heads, rows, [None] * len(heads))
        file.writestr(f"{folder}/{each.table}.csv", table)
    page = render_template(
        "privacy/copy.html", parts=parts, name=name, made_at=now, language=folder
    )
    file.writestr(f"{folder}/index.html", page)


def _said(value: Any) -> str:
    """A value as a person reads it."""
    if value is None or value == "":
        return ""
    if isinstance(value, Text):
        return say(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M UTC")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _json(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Text) else value for name, value in row.items()}
