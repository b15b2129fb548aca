"""Shelves of the knowledge base: made, renamed, moved, taken out of use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.catalogue.actions.editing import create
from portal.customers.actions.edits import refuse_clash, save
from portal.db.base import db
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.knowledge.models import ArticleCategory
from portal.knowledge.rules.shelves import refuse_place

EVENT = "article.category_changed"


def new_shelf(values: dict[str, Any], actor: Viewer, now: datetime) -> ArticleCategory:
    """A new shelf; `values` by column. Invalid where it cannot stand."""
    _check(values, None)
    made: ArticleCategory = create(ArticleCategory(), values, EVENT, actor, now)
    return made


def change_shelf(
    row: ArticleCategory, values: dict[str, Any], seen: int, actor: Viewer, now: datetime
) -> ArticleCategory:
    """Change a shelf that was read at version `seen`. Invalid where it cannot stand, EditClash for a stale edit."""
    _check(values, row.id)
    before = {name: getattr(row, name) for name in values}
    refuse_clash(row, seen, values)
    for name, value in values.items():
        setattr(row, name, value)
    save(row, before, values, EVENT, actor, now)
    return row


def _check(values: dict[str, Any], own_id: int | None) -> None:
    if not str(values["name_zh"]).strip():
        raise Invalid(t("Give the shelf a Chinese name."), "name_zh")
    pairs = select(ArticleCategory.id, ArticleCategory.parent_id)
    parents = {row[0]: row[1] for row in db.session.execute(pairs)}
    refuse_place(own_id, values["parent_id"], parents)
