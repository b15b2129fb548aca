"""The page of one campaign, and the form with its preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, g, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.campaigns.actions.writing import written_of
from portal.campaigns.forms.campaigns import CampaignForm
from portal.campaigns.labels import CAMPAIGNS
from portal.campaigns.models import Campaign
from portal.campaigns.queries import audience, choices, results
from portal.campaigns.rules.kinds import LEFT_OUT_WORDS
from portal.campaigns.rules.results import Tally
from portal.campaigns.rules.segments import Language, Segment
from portal.campaigns.rules.states import CAMPAIGN_STEPS, CampaignState, CampaignStep
from portal.campaigns.rules.writing import Written
from portal.campaigns.views.history import past
from portal.catalogue.labels import CATEGORIES
from portal.catalogue.models import ServiceItem
from portal.customers.queries import owners
from portal.customers.rules.kinds import AREAS, CUSTOMER_STATES, MARKETS, SEGMENTS
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.web.words import name_of, say

BEFORE = (CampaignState.DRAFT, CampaignState.APPROVED)


@dataclass(frozen=True, slots=True)
class Bar:
    """One group of the results: its mails sent and interested as shares of the largest group (0 to 100)."""

    name: str
    url: str
    tally: Tally
    sent: float
    interested: float


def context(campaign: Campaign) -> dict[str, Any]:
    """Everything that the page shows."""
    state, segment = CampaignState(campaign.state), Segment.from_json(campaign.segment)
    seen = _preview(segment) if state in BEFORE else None
    tally = results.of_campaign(campaign.id, g.viewer) if state not in BEFORE else None
    return {
        "campaign": campaign,
        "label": CAMPAIGNS[campaign.state],
        "texts": texts(written_of(campaign)),
        "segment": segment_words(segment),
        "audience": seen,
        "tally": tally,
        "bars": _bars(campaign) if tally and tally.posted else [],
        "may": {step.value: _may(state, step) for step in CampaignStep},
        "left_out": LEFT_OUT_WORDS,
        "history": past(campaign),
    }


def texts(written: Written) -> list[tuple[str, str, str]]:
    """(language, subject, Markdown) of the languages that it is written in."""
    both = (("zh-CN", written.title_zh, written.text_zh), ("en", written.title_en, written.text_en))
    return [each for each in both if each[1] or each[2]]


def segment_words(segment: Segment) -> list[tuple[str, str]]:
    """The segment as a person reads it: (what narrows it, the words)."""
    languages = {Language.ZH.value: _("Chinese"), Language.EN.value: _("English")}
    known = dict(owners(g.viewer)) if segment.owner_ids else {}
    item = db.session.get(ServiceItem, segment.bought_item_id) if segment.bought_item_id else None
    rows: Sequence[tuple[str, Any]] = (
        (_("Customer tiers"), [say(SEGMENTS[each]) for each in segment.tiers]),
        (_("States of customers"), [say(CUSTOMER_STATES[each]) for each in segment.states]),
        (_("ABC class"), segment.abc),
        (_("Markets"), [say(MARKETS[each]) for each in segment.markets]),
        (_("Areas"), [say(AREAS[each]) for each in segment.areas]),
        (_("Languages"), [languages[each] for each in segment.languages]),
        (_("Industries"), segment.industries),
        (_("Customers of"), [known.get(each, "—") for each in segment.owner_ids]),
        (_("Bought a service of"), [say(CATEGORIES[segment.bought_category])] if segment.bought_category else ()),
        (_("Bought this service item"), [name_of(item)] if item else ()),
    )  # fmt: skip
    return [(label, _(", ").join(words)) for label, words in rows if words]


def form_for(campaign: Campaign | None) -> CampaignForm:
    """The form over a campaign, or an empty one, with everything there is to choose from."""
    form = CampaignForm(data=_typed(campaign)) if campaign else CampaignForm(per_run=200)
    form.offer(choices.industries(g.viewer), owners(g.viewer), _("Any"))
    return form


def form_context(
    form: CampaignForm, campaign: Campaign | None, clashes: Any, asks: bool
) -> dict[str, Any]:
    """What the form's page needs; `asks`: with the preview of mail and audience."""
    shown: dict[str, Any] = {
        "campaign": campaign, "clashes": clashes, "items": choices.items(), "left_out": LEFT_OUT_WORDS,
        "here": url_for("desk_campaigns.edit", campaign_id=campaign.id) if campaign else url_for("desk_campaigns.new"),
    }  # fmt: skip
    if asks or campaign is not None:
        shown["texts"] = texts(form.written())
    if (asks or campaign is not None) and not form.bought_item.errors:
        shown["audience"] = _preview(form.segment(bought_item(form)))
    return shown


def bought_item(form: CampaignForm) -> int | None:
    """The id of the service item whose code was typed. Invalid at its field for a code that nothing is sold under."""
    code = (form.bought_item.data or "").strip()
    item = choices.item_of(code)
    if code and item is None:
        raise Invalid(t("There is no such service item."), "bought_item")
    return item.id if item else None


def zone() -> str:
    """The firm's time zone."""
    return str(current_app.config["TIMEZONE"])


def _typed(campaign: Campaign) -> dict[str, Any]:
    segment = Segment.from_json(campaign.segment)
    item = db.session.get(ServiceItem, segment.bought_item_id) if segment.bought_item_id else None
    local = campaign.starts_at.astimezone(ZoneInfo(zone())) if campaign.starts_at else None
    names = ("name", "subject_zh", "text_zh", "subject_en", "text_en", "per_run")
    lists = ("tiers", "states", "abc", "markets", "areas", "languages", "industries")
    return {
        **{name: getattr(campaign, name) for name in names},
        **{name: list(getattr(segment, name)) for name in lists},
        "owner_ids": [str(each) for each in segment.owner_ids],
        "bought_category": segment.bought_category,
        "bought_item": item.code if item else "",
        "starts_at": local,
    }


def _preview(segment: Segment) -> audience.Preview:
    return audience.preview(segment, g.viewer, clock.today())


def _may(state: CampaignState, step: CampaignStep) -> bool:
    """Whether the button of a step is there."""
    needs = P.CAMPAIGN_EDIT if step is CampaignStep.CHANGE else P.CAMPAIGN_SEND
    by_hand = step not in (CampaignStep.START, CampaignStep.FINISH)
    return by_hand and CAMPAIGN_STEPS.allows(state, step) and g.viewer.may(needs)


def _bars(campaign: Campaign) -> list[Bar]:
    rows = results.by_tier(campaign.id, g.viewer)
    most = max((row.posted for row in rows), default=1)
    return [
        Bar(
            say(SEGMENTS[row.key]), url_for("desk_campaigns.mails", campaign_id=campaign.id, tier=row.key), row,
            round(row.sent * 100 / most, 1), round(row.interested * 100 / most, 1),
        )
        for row in rows
    ]  # fmt: skip
