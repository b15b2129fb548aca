"""Campaigns are written, looked over and approved, or stopped (REQUIREMENTS K7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.campaigns.models import Campaign
from portal.campaigns.rules.segments import Segment
from portal.campaigns.rules.states import CAMPAIGN_STEPS, CampaignState, CampaignStep
from portal.campaigns.rules.writing import Written, check, tidied, wrong_in
from portal.customers.actions.edits import refuse_clash, save
from portal.db import audit
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.db.series import next_number
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from portal.kernel.pinyin import search_words
from portal.kernel.text import Text, t

SERIES = "MC"
MOST_PER_RUN = 5000
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """What a person writes. `starts_at` None: once it is approved."""

    name: str
    written: Written
    segment: Segment = field(default_factory=Segment)
    per_run: int = 200
    starts_at: datetime | None = None


def write(facts: CampaignFacts, actor: Viewer, now: datetime) -> Campaign:
    """A new campaign, a draft. InvalidMany by field (name, subject_zh, text_zh …, per_run)."""
    _check_may(actor, Permission.CAMPAIGN_EDIT)
    values = _values(facts)
    row = Campaign(
        number=next_number(SERIES, business_day(now).year),
        author_id=actor.user_id,
        starts_at=facts.starts_at,
        created_at=now,
        updated_at=now,
        **values,
    )
    db.session.add(row)
    _index(row)
    db.session.flush()
    audit.record(actor, "campaign.written", row, now, after={"number": row.number, **values})
    return row


def change(
    campaign: Campaign, facts: CampaignFacts, seen: int, actor: Viewer, now: datetime
) -> Campaign:
    """Change a draft that was read at version `seen`. EditClash when others changed the same meanwhile."""
    _check_may(actor, Permission.CAMPAIGN_EDIT)
    row = held(campaign.id)
    CAMPAIGN_STEPS.next(CampaignState(row.state), CampaignStep.CHANGE)
    values = _values(facts)
    after = {**values, "starts_at": _instant(facts.starts_at)}
    before = {**{name: getattr(row, name) for name in values}, "starts_at": _instant(row.starts_at)}
    refuse_clash(row, seen, after)
    for name, value in values.items():
        setattr(row, name, value)
    row.starts_at, row.updated_at = facts.starts_at, now
    _index(row)
    save(row, before, after, "campaign.changed", actor, now)
    return row


def approve(campaign: Campaign, seen: int, actor: Viewer, now: datetime) -> Campaign:
    """It may be sent as it is written at version `seen`; NotAllowedNow for a text that nobody read."""
    _check_may(actor, Permission.CAMPAIGN_SEND)
    row = held(campaign.id)
    if row.version != seen:
        raise NotAllowedNow(t("It was changed meanwhile: read it again before you approve it."))
    _step(row, CampaignStep.APPROVE, now)
    row.approved_by, row.approved_at = actor.user_id, now
    audit.record(actor, "campaign.approved", row, now, after={"state": row.state})
    return row


def give_back(campaign: Campaign, reason: str, actor: Viewer, now: datetime) -> Campaign:
    """Approved, and yet to be changed: a draft again. Invalid at reason."""
    _check_may(actor, Permission.CAMPAIGN_SEND)
    why = _reason(reason)
    row = held(campaign.id)
    _step(row, CampaignStep.RETURN, now)
    row.approved_by = row.approved_at = None
    audit.record(actor, "campaign.returned", row, now, reason=why)
    return row


def stop(campaign: Campaign, reason: str, actor: Viewer, now: datetime) -> Campaign:
    """Nothing more goes out, also not what waits in the outbox. Invalid at reason."""
    _check_may(actor, Permission.CAMPAIGN_SEND)
    why = _reason(reason)
    row = held(campaign.id)
    _step(row, CampaignStep.STOP, now)
    row.stop_reason, row.ended_at = why, now
    audit.record(actor, "campaign.stopped", row, now, reason=why)
    return row


def held(campaign_id: int) -> Campaign:
    """The campaign as it stands now, held until the transaction ends."""
    write_from_here(db.session())
    wanted = select(Campaign).where(Campaign.id == campaign_id).with_for_update(of=Campaign)
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    return row


def written_of(campaign: Campaign) -> Written:
    """Its subject and text in both languages."""
    return Written(campaign.subject_zh, campaign.subject_en, campaign.text_zh, campaign.text_en)


def _values(facts: CampaignFacts) -> dict[str, Any]:
    written = tidied(facts.written)
    wrong: dict[str, Text] = wrong_in(written, "subject")
    name = " ".join(facts.name.split())
    if not name:
        wrong["name"] = t("Give the campaign a name.")
    elif len(name) > LONGEST_NAME:
        wrong["name"] = t("At most %(most)s characters.", most=LONGEST_NAME)
    if not 1 <= facts.per_run <= MOST_PER_RUN:
        wrong["per_run"] = t("From %(least)s to %(most)s.", least=1, most=MOST_PER_RUN)
    check(wrong)
    return {
        "name": name, "subject_zh": written.title_zh, "subject_en": written.title_en,
        "text_zh": written.text_zh, "text_en": written.text_en, "segment": facts.segment.to_json(),
        "per_run": facts.per_run,
    }  # fmt: skip


def _index(row: Campaign) -> None:
    words = search_words(row.name, row.subject_zh, row.subject_en)
    row.search_text = f"{row.number.lower()} {words}"[:600]


def _step(row: Campaign, step: CampaignStep, now: datetime) -> None:
    row.state = CAMPAIGN_STEPS.next(CampaignState(row.state), step).value
    row.updated_at = now


def _reason(text: str) -> str:
    if len(text.strip()) < 2:
        raise Invalid(t("Say why."), "reason")
    return text.strip()[:500]


def _check_may(actor: Viewer, permission: Permission) -> None:
    if not actor.may(permission):
        raise Forbidden()


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
