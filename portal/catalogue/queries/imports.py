"""Rate sheets on their way in, and the profiles by which they are read."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, defer

from portal.access.viewer import Viewer
from portal.catalogue.models import MappingProfile, PriceScheme, RateImport
from portal.catalogue.queries.schemes import seen_by
from portal.db.base import db
from portal.kernel.errors import NotFound


def profile_list() -> Select[MappingProfile]:
    """Every saved profile."""
    return select(MappingProfile)


def profile_by_name(name: str) -> MappingProfile | None:
    """The profile with this name."""
    return db.session.scalar(profile_list().where(MappingProfile.name == name))


def profile_by_fingerprint(mark: str) -> MappingProfile | None:
    """The profile last saved for sheets with these headers."""
    statement = profile_list().where(MappingProfile.fingerprint == mark)
    return db.session.scalar(statement.order_by(MappingProfile.id.desc()).limit(1))


def import_list(viewer: Viewer) -> Select[RateImport]:
    """The imports into schemes that `viewer` may look at, without the long lists of each."""
    return _imports(viewer).options(defer(RateImport.problems), defer(RateImport.changes))


def _imports(viewer: Viewer) -> Select[RateImport]:
    return (
        select(RateImport)
        .join(PriceScheme, PriceScheme.id == RateImport.scheme_id)
        .where(seen_by(viewer))
        .options(contains_eager(RateImport.scheme))
    )


def rate_import(import_id: int, viewer: Viewer) -> RateImport:
    """One import into a scheme that `viewer` may look at; NotFound otherwise."""
    row = db.session.scalar(_imports(viewer).where(RateImport.id == import_id))
    if row is None:
        raise NotFound()
    return row
