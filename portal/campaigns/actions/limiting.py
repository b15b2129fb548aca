"""The firm's limit of campaign mails is changed."""

from __future__ import annotations

from datetime import datetime

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.campaigns.rules.settings import KEY, CampaignSettings
from portal.db import audit
from portal.db.base import db
from portal.documents.models import FirmProfile
from portal.documents.queries import NO_FIRM
from portal.kernel.errors import Forbidden, StaleEdit
from portal.kernel.text import t


def change_limit(wanted: CampaignSettings, version: int, actor: Viewer, now: datetime) -> None:
    """Another limit, for every mail that is posted from now on. StaleEdit when somebody was quicker."""
    if not actor.may(P.CAMPAIGN_SEND):
        raise Forbidden()
    checked = wanted.checked()
    profile = db.session.get(FirmProfile, 1)
    if profile is None:
        profile = FirmProfile(id=1, name_zh=NO_FIRM.name_zh, name_en=NO_FIRM.name_en)
        db.session.add(profile)
        db.session.flush()
    if profile.version != version:
        raise StaleEdit(
            t(
                "Somebody changed the settings after you opened this page. Look at them, then repeat."
            ),
            version=profile.version,
        )
    before, after = CampaignSettings.from_json(profile.sales).to_json(), checked.to_json()
    if before != after:
        profile.sales = {**(profile.sales or {}), **after}
        told = {"before": before[KEY], "after": after[KEY]}
        audit.record(actor, "campaigns.limit_changed", profile, now, **told)
