"""Service items and bundles: the lists, the pickers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from portal.catalogue.models import Bundle, BundleLine, ServiceItem
from portal.db.base import db
from portal.kernel.pinyin import normalise


def item_list() -> Select[ServiceItem]:
    """Every service item."""
    return select(ServiceItem)


def bundle_list() -> Select[Bundle]:
    """Every bundle with its lines."""
    return select(Bundle).options(selectinload(Bundle.lines).joinedload(BundleLine.item))


def having_words(statement: Select[Any], words: str, model: Any = ServiceItem) -> Select[Any]:
    """`statement`, narrowed to rows found by every word: Chinese, pinyin, initials, codes."""
    for word in normalise(words).lower().split():
        statement = statement.where(model.search_text.contains(word, autoescape=True))
    return statement


def item_by_code(code: str) -> ServiceItem | None:
    """The item with exactly this code."""
    return db.session.scalar(item_list().where(ServiceItem.code == code))
