"""The forms of notices and of recommended services."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, FileField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.accounts.forms import Ticks
from portal.campaigns.actions.notices import NoticeFacts
from portal.campaigns.actions.offers import OfferFacts
from portal.campaigns.forms.editing import TextsForm
from portal.customers.rules.kinds import SEGMENTS
from portal.web.forms import choices


class NoticeForm(TextsForm):
    """A notice."""

    tiers = Ticks(_l("Customer tiers"), choices=choices(SEGMENTS))
    from_on = DateField(_l("Shown from"), [Optional()])
    until_on = DateField(_l("Shown until"), [Optional()])
    pinned = BooleanField(_l("Keep at the top"))

    def facts(self) -> NoticeFacts:
        """What was typed."""
        return NoticeFacts(
            self.written(), self.from_on.data, self.until_on.data, tuple(self.tiers.data or ()),
            bool(self.pinned.data),
        )  # fmt: skip


class OfferForm(TextsForm):
    """A recommended service: an item by its code, or a bundle."""

    item_code = StringField(_l("Service item"), [Length(max=120)], render_kw={"list": "items"})
    bundle_id = SelectField(_l("or bundle"))
    tiers = Ticks(_l("Customer tiers"), choices=choices(SEGMENTS))
    industries = Ticks(_l("Industries"))
    only_new = BooleanField(_l("Not to customers who have bought it already"))
    from_on = DateField(_l("Shown from"), [Optional()])
    until_on = DateField(_l("Shown until"), [Optional()])

    def facts(self, item_id: int | None) -> OfferFacts:
        """What was typed; `item_id` of the code."""
        return OfferFacts(
            self.written(), self.from_on.data, self.until_on.data, item_id,
            int(self.bundle_id.data) if self.bundle_id.data else None, tuple(self.tiers.data or ()),
            tuple(self.industries.data or ()), bool(self.only_new.data),
        )  # fmt: skip


class FileForm(FlaskForm):
    """A file for a notice."""

    file = FileField(_l("File"))


class InterestForm(FlaskForm):
    """One step; a word is welcome and not needed."""

    text = TextAreaField(_l("Anything we should know?"), [Length(max=1000)], render_kw={"rows": 3})
