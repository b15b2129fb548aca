"""Bundles 方案包: named sets of items that expand into lines keeping their own prices (DOMAIN C6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.catalogue.actions.editing import change, create
from portal.catalogue.models import Bundle, BundleLine
from portal.catalogue.queries.items import item_by_code
from portal.db.base import db
from portal.kernel.errors import InvalidMany
from portal.kernel.pinyin import search_words
from portal.kernel.text import Text, t

Wanted = Sequence[tuple[str, Decimal | None]]
"""(item code, quantity) in their order; a line without a code is left out."""


def create_bundle(values: Mapping[str, Any], lines: Wanted, actor: Viewer, now: datetime) -> Bundle:
    """A bundle with its lines. InvalidMany by field (`lines-0-code` and so on)."""
    found = _checked(values, lines, None)
    row: Bundle = create(Bundle(), values, "bundle.created", actor, now)
    _fill(row, found)
    return row


def change_bundle(
    row: Bundle, values: Mapping[str, Any], lines: Wanted, seen: int, actor: Viewer, now: datetime
) -> Bundle:
    """Change a bundle that was read at version `seen`. InvalidMany, EditClash."""
    found = _checked(values, lines, row.id)
    change(row, values, seen, "bundle.changed", actor, now)
    _fill(row, found)
    return row


def _fill(row: Bundle, lines: Sequence[tuple[int, Decimal]]) -> None:
    row.lines = [
        BundleLine(item_id=item_id, position=position, quantity=quantity)
        for position, (item_id, quantity) in enumerate(lines, 1)
    ]
    row.search_text = f"{row.code.lower()} {search_words(row.name_zh, row.name_en)}"[:600]
    db.session.flush()


def _checked(
    values: Mapping[str, Any], lines: Wanted, own_id: int | None
) -> list[tuple[int, Decimal]]:
    errors: dict[str, Text] = {}
    taken = select(Bundle.id).where(Bundle.code == values["code"], Bundle.id != (own_id or 0))
    if db.session.scalar(taken) is not None:
        errors["code"] = t("Another bundle has this code.")
    found: list[tuple[int, Decimal]] = []
    for at, (code, quantity) in enumerate(lines):
        if not code.strip():
            continue
        item = item_by_code(code.strip())
        if item is None:
            errors[f"lines-{at}-code"] = t("There is no service item with this code.")
        elif quantity is None or quantity <= 0:
            errors[f"lines-{at}-quantity"] = t("A quantity is more than 0.")
        else:
            found.append((item.id, quantity))
    if not found and not errors:
        errors["lines-0-code"] = t("A bundle needs at least one service item.")
    if errors:
        raise InvalidMany(errors)
    return found
