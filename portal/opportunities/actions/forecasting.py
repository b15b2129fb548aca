"""What enters the forecast is said anew (REQUIREMENTS O3)."""

from __future__ import annotations

from datetime import datetime

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.documents.models import FirmProfile
from portal.documents.queries import NO_FIRM
from portal.kernel.errors import Forbidden, StaleEdit
from portal.kernel.text import t
from portal.opportunities.rules.settings import KEY, ForecastSettings


def change_rules(
    wanted: ForecastSettings, version: int | None, actor: Viewer, now: datetime
) -> None:
    """Keep other rules. InvalidMany by field; StaleEdit when somebody was quicker."""
    if not actor.may(Permission.SALES_SET):
        raise Forbidden()
    checked = wanted.checked()
    profile = db.session.get(FirmProfile, 1)
    if profile is None:
        profile = FirmProfile(id=1, name_zh=NO_FIRM.name_zh, name_en=NO_FIRM.name_en)
        db.session.add(profile)
        db.session.flush()
    if version is not None and profile.version != version:
        raise StaleEdit(
            t(
                "Somebody changed the settings after you opened this page. Look at them, then repeat."
            )
        )
    before = ForecastSettings.from_json(profile.sales).to_json()
    after = checked.to_json()
    if before != after:
        profile.sales = {**(profile.sales or {}), **after}
        told = {"before": before[KEY], "after": after[KEY]}
        audit.record(actor, "sales_words.changed", profile, now, **told)
