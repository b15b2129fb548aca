"""The form of a campaign: its mail in two languages, and whom it is for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateTimeLocalField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from portal.accounts.forms import Ticks
from portal.campaigns.actions.writing import CampaignFacts
from portal.campaigns.forms.editing import SEVERAL_LINES, Edited
from portal.campaigns.rules.kinds import CONSENT_WORDS, RECORDED_WAYS, WAY_WORDS
from portal.campaigns.rules.segments import Language, Segment
from portal.campaigns.rules.writing import Written
from portal.catalogue.labels import CATEGORIES
from portal.customers.rules.kinds import AREAS, CUSTOMER_STATES, MARKETS, SEGMENTS, Abc
from portal.kernel.text import t
from portal.web.forms import choices

FIRST_YEAR, LAST_YEAR = 2000, 2199
LANGUAGES = {Language.ZH: t("Chinese"), Language.EN: t("English")}
ABC = {each.value: t("Class %(letter)s", letter=each.value) for each in Abc}


def _in_our_days(_form: FlaskForm, field: Field) -> None:
    """A year that no clock of ours can turn into an instant is a slip of the keys."""
    if not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        raise ValidationError(_("This date cannot be right."))


class CampaignForm(Edited):
    """The whole campaign. `bought_item` is the code of a service item."""

    name = StringField(_l("Name for ourselves"), [InputRequired(), Length(max=120)])
    subject_zh = StringField(_l("Chinese subject"), [Length(max=120)])
    text_zh = TextAreaField(_l("Chinese text"), render_kw=SEVERAL_LINES)
    subject_en = StringField(_l("English subject"), [Length(max=160)])
    text_en = TextAreaField(_l("English text"), render_kw=SEVERAL_LINES)
    tiers = Ticks(_l("Customer tiers"), choices=choices(SEGMENTS))
    states = Ticks(_l("States of customers"), choices=choices(CUSTOMER_STATES))
    abc = Ticks(_l("ABC class"), choices=choices(ABC))
    markets = Ticks(_l("Markets"), choices=choices(MARKETS))
    areas = Ticks(_l("Areas"), choices=choices(AREAS))
    languages = Ticks(_l("Languages"), choices=choices(LANGUAGES))
    industries = Ticks(_l("Industries"))
    owner_ids = Ticks(_l("Customers of"))
    bought_category = SelectField(_l("Bought a service of"))
    bought_item = StringField(
        _l("Bought this service item"), [Length(max=120)], render_kw={"list": "items"}
    )
    starts_at = DateTimeLocalField(_l("Not before"), [Optional(), _in_our_days])
    per_run = IntegerField(_l("Mails in one run"), [InputRequired()])

    def facts(self, item_id: int | None, zone: str) -> CampaignFacts:
        """What was typed; `item_id` of the code, times in the firm's `zone`."""
        return CampaignFacts(
            self.name.data or "",
            self.written(),
            self.segment(item_id),
            self.per_run.data or 0,
            _instant(self.starts_at.data, zone),
        )  # fmt: skip

    def written(self) -> Written:
        """The mail in both languages."""
        return Written(
            self.subject_zh.data or "", self.subject_en.data or "", self.text_zh.data or "",
            self.text_en.data or "",
        )  # fmt: skip

    def segment(self, item_id: int | None) -> Segment:
        """Whom it is for."""
        names = (
            "tiers",
            "states",
            "abc",
            "markets",
            "areas",
            "languages",
            "industries",
            "owner_ids",
        )
        kept = {name: self[name].data or [] for name in names}
        return Segment.from_json(
            {**kept, "bought_item_id": item_id, "bought_category": self.bought_category.data or ""}
        )

    def offer(
        self, industries: Sequence[str], owners: Sequence[tuple[int, str]], nothing: str
    ) -> None:
        """Fill in what there is to choose from."""
        self.industries.choices = [(each, each) for each in industries]
        self.owner_ids.choices = [(str(key), name) for key, name in owners]
        self.bought_category.choices = [("", nothing), *choices(CATEGORIES)()]


class ConsentForm(FlaskForm):
    """What a contact told one of our people about news by mail."""

    wanted = RadioField(_l("What the contact wants"), choices=choices(CONSENT_WORDS))
    way = SelectField(
        _l("How we know"), choices=choices({way: WAY_WORDS[way] for way in RECORDED_WAYS})
    )
    note = StringField(_l("When and where"), [Length(max=300)])


def _instant(local: datetime | None, zone: str) -> datetime | None:
    return None if local is None else local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
