"""Mapping profiles: how one layout of sheet is read, saved once and found again by its headers (DOMAIN S9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from portal.access.viewer import Viewer
from portal.catalogue.models import MappingProfile
from portal.catalogue.queries.imports import profile_by_name
from portal.catalogue.rules.sheets.profile import Profile, fingerprint
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid
from portal.kernel.text import t

LONGEST_NAME = 120


def save_profile(
    profile: Profile, headers: Iterable[str], actor: Viewer, now: datetime
) -> MappingProfile:
    """Save a profile under its name, over one of that name; sheets with these headers find it.

    Invalid (field "name") without a name.
    """
    name = profile.name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(
            t("Give the layout a name of up to %(most)s letters.", most=LONGEST_NAME), "name"
        )
    row = profile_by_name(name)
    before = None
    if row is None:
        row = MappingProfile(name=name, created_by=actor.user_id)
        db.session.add(row)
    else:
        before = {"layout": row.profile["layout"], "columns": len(row.profile["columns"])}
    row.profile = profile.to_json()
    row.fingerprint = fingerprint(headers)
    row.updated_at = now
    db.session.flush()
    after = {"name": name, "layout": profile.layout.value, "columns": len(profile.columns)}
    audit.record(actor, "mapping_profile.saved", row, now, before=before, after=after)
    return row


def profile_of(row: MappingProfile) -> Profile:
    """The saved profile as the reader takes it."""
    return Profile.from_json(row.profile)
