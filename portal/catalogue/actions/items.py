"""Service items: made in bulk with a sheet, or by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import insert, select, tuple_

from portal.access.viewer import Viewer
from portal.catalogue.actions.editing import change, create
from portal.catalogue.models import ServiceItem
from portal.catalogue.queries.places import all_places
from portal.catalogue.rules.itemkeys import ItemKey, ItemWords, item_key, words_for
from portal.catalogue.rules.sheets.rows import PriceRow
from portal.db.base import db
from portal.kernel.errors import InvalidMany
from portal.kernel.pinyin import search_words
from portal.kernel.text import Text, t

X = TypeVar("X")
LOOKED_UP = 1_500
"""Keys asked for at once; eight values each, below every database's limit of values in a statement."""


def items_for_keys(rows: Iterable[PriceRow], now: datetime) -> dict[ItemKey, int]:
    """Item key → id of the service item, for every price; items that are missing are made, in bulk."""
    names: dict[ItemKey, str] = {}
    for row in rows:
        names.setdefault(item_key(row.key), row.charge_name)
    found = _existing(list(names))
    missing = [key for key in names if key not in found]
    if missing:
        found |= _made(missing, names, now)
    return found


def _existing(keys: Sequence[ItemKey]) -> dict[ItemKey, int]:
    columns = [getattr(ServiceItem, name) for name in ItemKey._fields]
    found: dict[ItemKey, int] = {}
    for part in chunks(keys, LOOKED_UP):
        statement = select(ServiceItem.id, *columns).where(tuple_(*columns).in_(part))
        for row in db.session.execute(statement):
            found[ItemKey(*row[1:])] = row[0]
    return found


def _made(
    keys: Sequence[ItemKey], names: Mapping[ItemKey, str], now: datetime
) -> dict[ItemKey, int]:
    places = all_places()
    statement = insert(ServiceItem).returning(ServiceItem.id, sort_by_parameter_order=True)
    found: dict[ItemKey, int] = {}
    for part in chunks(keys, 5_000):
        values = [_values(key, words_for(key, names[key], places), now) for key in part]
        ids = db.session.scalars(statement, values)
        found.update(zip(part, ids, strict=True))
    return found


def _values(key: ItemKey, words: ItemWords, now: datetime) -> dict[str, Any]:
    stamps = {"version": 1, "created_at": now, "updated_at": now}
    return {**key._asdict(), **words._asdict(), **stamps, "active": True, "tax_inclusive": True}


def chunks(values: Iterable[X], size: int) -> Iterator[list[X]]:
    """`values` in lists of at most `size`."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part


def create_item(values: Mapping[str, Any], actor: Viewer, now: datetime) -> ServiceItem:
    """A service item made by hand; `values` by column. InvalidMany when code or key are taken."""
    row = ServiceItem(**values)
    _check_free(values, None)
    row.search_text = _found_by(row)
    made: ServiceItem = create(row, values, "service_item.created", actor, now)
    return made


def change_item(
    row: ServiceItem, values: Mapping[str, Any], seen: int, actor: Viewer, now: datetime
) -> ServiceItem:
    """Change an item that was read at version `seen`; what copied it before keeps its copy.

    InvalidMany when code or key are taken, EditClash when somebody changed it in between.
    """
    _check_free(values, row.id)
    change(row, values, seen, "service_item.changed", actor, now)
    row.search_text = _found_by(row)
    return row


def _check_free(values: Mapping[str, Any], own_id: int | None) -> None:
    errors: dict[str, Text] = {}
    others = select(ServiceItem.id).where(ServiceItem.id != (own_id or 0))
    if not str(values["code"]).strip():
        errors["code"] = t("Give the item a code.")
    elif db.session.scalar(others.where(ServiceItem.code == values["code"])) is not None:
        errors["code"] = t("Another service item has this code.")
    same_key = [getattr(ServiceItem, name) == values[name] for name in ItemKey._fields]
    if db.session.scalar(others.where(*same_key)) is not None:
        errors["charge_code"] = t("There is already a service item for exactly this service.")
    if errors:
        raise InvalidMany(errors)


def _found_by(row: ServiceItem) -> str:
    places = all_places()
    ends = [places.get(code) for code in (row.origin, row.destination) if code]
    names = [name for end in ends if end for name in (end.name_zh, end.name_en)]
    words = search_words(row.name_zh, row.name_en, *names)
    codes = (row.code, row.charge_code, row.origin, row.destination, row.packaging, row.qualifier)
    return f"{words} {' '.join(filter(None, codes)).lower()}"[:600]
