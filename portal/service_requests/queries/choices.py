"""What the forms of requests offer: categories, answers at hand, one's saved filters, colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.accounts.models import StaffRole, User
from portal.db.base import db
from portal.db.kept import Kept
from portal.service_requests.models import CannedReply, RequestCategory, SavedFilter
from portal.service_requests.queries.people import holders


@dataclass(frozen=True, slots=True)
class Category:
    """A category as forms and lists show it."""

    id: int
    parent_id: int | None
    name_zh: str
    name_en: str
    kinds: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """A canned reply as the answer's form offers it."""

    id: int
    name: str
    kinds: tuple[str, ...]


def _read_categories() -> Mapping[int, Category]:
    ordered = select(RequestCategory).order_by(RequestCategory.position, RequestCategory.id)
    rows = db.session.scalars(ordered.options(lazyload("*")))
    return {
        each.id: Category(
            each.id, each.parent_id, each.name_zh, each.name_en, tuple(each.kinds or ()), each.active
        )
        for each in rows
    }  # fmt: skip


def _read_replies() -> tuple[Reply, ...]:
    active = select(CannedReply).where(CannedReply.active.is_(True))
    ordered = active.order_by(CannedReply.uses.desc(), CannedReply.name)
    return tuple(
        Reply(each.id, each.name, tuple(each.kinds or ())) for each in db.session.scalars(ordered)
    )


def _read_colleagues() -> tuple[tuple[int, str], ...]:
    return tuple((each.id, each.name) for each in holders(Permission.REQUEST_WORK))


_COLLEAGUES = Kept(_read_colleagues, User, StaffRole)
_CATEGORIES = Kept(_read_categories, RequestCategory)
_REPLIES = Kept(_read_replies, CannedReply)


def categories() -> Mapping[int, Category]:
    """Every category by its id, in the firm's order; kept between requests."""
    return _CATEGORIES.get()


def offered_categories(kind: str = "") -> list[tuple[Category, list[Category]]]:
    """Active ones of the first level with the active ones below, those for `kind` only when it is given."""
    known = [
        each
        for each in categories().values()
        if each.active and (not kind or not each.kinds or kind in each.kinds)
    ]
    return [
        (above, [each for each in known if each.parent_id == above.id])
        for above in known
        if above.parent_id is None
    ]


def replies(kind: str) -> list[Reply]:
    """Active canned replies for this kind of request, the ones used most first; kept between requests."""
    return [each for each in _REPLIES.get() if not each.kinds or kind in each.kinds]


def saved_filters(place: str, viewer: Viewer) -> list[SavedFilter]:
    """The viewer's own filters of a list."""
    mine = select(SavedFilter).where(
        SavedFilter.user_id == viewer.user_id, SavedFilter.place == place
    )
    return list(db.session.scalars(mine.order_by(SavedFilter.position, SavedFilter.id)))


def colleagues() -> tuple[tuple[int, str], ...]:
    """(user id, name) of the active staff who answer requests, by name; kept between requests."""
    return _COLLEAGUES.get()
