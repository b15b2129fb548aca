"""What the desk writes about a claim: facts, evidence asked for, liability, offer, settlement, recourse, limits."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from portal.claims.actions.holding import LONGEST_TEXT
from portal.claims.forms.my import FactsForm
from portal.claims.rules.kinds import (
    EVIDENCE_KIND_WORDS,
    LIMIT_WORDS,
    LOSS_WORDS,
    SETTLEMENT_WORDS,
    EvidenceKind,
    Settlement,
)
from portal.claims.rules.states import EvidenceState
from portal.kernel.text import t
from portal.service_requests.rules.clock_kinds import MODE_WORDS
from portal.service_requests.rules.kinds import (
    CHANNEL_WORDS,
    RESPONSIBLE_WORDS,
    Channel,
    Responsible,
)
from portal.web.fields import AmountField, RateField
from portal.web.file_fields import FilesField
from portal.web.forms import choices

ROWS = {"rows": 3, "maxlength": LONGEST_TEXT}
LIABLE = {each: words for each, words in RESPONSIBLE_WORDS.items() if each is not Responsible.UNCLEAR}  # fmt: skip
VERDICTS = {
    EvidenceState.ACCEPTED: t("Sufficient"),
    EvidenceState.REFUSED: t("Not sufficient"),
    EvidenceState.WAIVED: t("Not needed"),
}
INSIDE = (Channel.PORTAL, Channel.INTERNAL)
CHANNELS = {each: words for each, words in CHANNEL_WORDS.items() if each not in INSIDE}
DECLARED = {
    "": t("Always"),
    "yes": t("Only where a value was declared"),
    "no": t("Only where no value was declared"),
}


class DeskFactsForm(FactsForm):
    """The facts of a claim as the desk has them."""

    loss = RadioField(_l("Loss"), [InputRequired()], choices=choices(LOSS_WORDS))
    claimed_amount = AmountField(_l("Amount claimed"), [InputRequired()])
    noticed_on = DateField(_l("Notified on"), [Optional()])
    freight_amount = AmountField(_l("Freight paid for these goods"))

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of `NewClaim`."""
        names = ("loss", "noticed_on", "freight_amount")
        return {**super().values(), **{name: self[name].data for name in names}}


class NewDeskForm(DeskFactsForm):
    """A claim that reached us by telephone, mail or on paper."""

    text = TextAreaField(
        _l("What the customer says"), [InputRequired(), Length(max=LONGEST_TEXT)], render_kw=ROWS
    )
    channel = SelectField(
        _l("How did the claim reach us?"), choices=choices(CHANNELS), default=Channel.PHONE.value
    )
    requester_name = StringField(
        _l("Who told us?"), [InputRequired(), Length(max=80)], render_kw={"autocomplete": "off"}
    )
    requester_phone = StringField(
        _l("Telephone"), [Length(max=40)], render_kw={"autocomplete": "off"}
    )

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of `NewClaim`."""
        names = ("text", "channel", "requester_name", "requester_phone")
        return {**super().values(), **{name: self[name].data or "" for name in names}}


class EditForm(DeskFactsForm):
    """Facts put right."""

    version = HiddenField()


class AskForm(FlaskForm):
    """A piece of evidence that is needed."""

    kind = SelectField(
        _l("Evidence"), choices=choices(EVIDENCE_KIND_WORDS), default=EvidenceKind.PHOTOS.value
    )
    text = StringField(
        _l("What exactly? The customer reads this."), [InputRequired(), Length(max=500)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    due_on = DateField(_l("By when"), [Optional()])


class JudgeForm(FlaskForm):
    """Whether a piece of evidence proves what it should."""

    verdict = SelectField(_l("Verdict"), [InputRequired()], choices=choices(VERDICTS))
    judgement = StringField(_l("Reason, which the customer reads"), [Length(max=500)])


class DecideForm(FlaskForm):
    """Who is liable, and for how much we answer."""

    version = HiddenField()
    sdr_rate = RateField(_l("One SDR in the claim's currency"))
    liability = RadioField(
        _l("Who is liable?"), [InputRequired(_l("Say who is liable."))], choices=choices(LIABLE)
    )
    assessed_amount = AmountField(_l("Amount that we answer for"))
    is_lifted = BooleanField(_l("Intent or gross negligence: the limit does not count"))
    text = TextAreaField(
        _l("Reasons, which the customer reads"), [InputRequired(), Length(max=LONGEST_TEXT)], render_kw=ROWS
    )  # fmt: skip


class OfferForm(FlaskForm):
    """What is offered."""

    version = HiddenField()
    offered_amount = AmountField(_l("Compensation offered"), [InputRequired()])
    until = DateField(_l("Stands until"), [Optional()])
    settlement = SelectField(
        _l("Given as"), choices=choices(SETTLEMENT_WORDS), default=Settlement.CREDIT.value
    )
    text = TextAreaField(_l("Words to the customer"), [Length(max=LONGEST_TEXT)], render_kw=ROWS)


class ExtendForm(FlaskForm):
    """A later last day of an offer."""

    until = DateField(_l("Stands until"), [InputRequired()])


class SignedForm(FlaskForm):
    """The customer signed on paper."""

    amount = HiddenField()
    said_by = StringField(
        _l("Who signed it?"), [InputRequired(), Length(max=200)], render_kw={"autocomplete": "off"}
    )
    files = FilesField(_l("The signed agreement"))


class PayForm(FlaskForm):
    """Money that went out."""

    paid_on = DateField(_l("Paid on"), [InputRequired()])
    reference = StringField(
        _l("The bank's reference"), [InputRequired(), Length(max=80)], render_kw={"autocomplete": "off"}
    )  # fmt: skip


class RecourseForm(FlaskForm):
    """Against whom recourse is taken."""

    party = StringField(
        _l("Against whom"), [InputRequired(), Length(max=120)], render_kw={"autocomplete": "off"}
    )
    amount = AmountField(_l("Amount asked for"), [InputRequired()])
    due_on = DateField(_l("At the latest on"), [Optional()])


class ReceivedForm(FlaskForm):
    """Money that came back."""

    on = DateField(_l("Received on"), [InputRequired()])
    amount = AmountField(_l("Amount; negative to correct"), [InputRequired()])
    payer = StringField(
        _l("From whom"), [InputRequired(), Length(max=120)], render_kw={"autocomplete": "off"}
    )
    note = StringField(_l("Note"), [Length(max=300)])


class LimitForm(FlaskForm):
    """A limit of liability from its day on."""

    code = StringField(
        _l("Code"), [InputRequired(), Length(max=32)], render_kw={"autocomplete": "off"}
    )
    mode = SelectField(_l("Carriage"), choices=choices(MODE_WORDS))
    rate = RateField(_l("Rate of the limit"), [InputRequired()])
    unit = SelectField(_l("Of what"), choices=choices(LIMIT_WORDS))
    only_declared = SelectField(_l("Counts where"), choices=choices(DECLARED))
    source = StringField(
        _l("Law or rule"), [InputRequired(), Length(max=200)], render_kw={"autocomplete": "off"}
    )
    from_on = DateField(_l("In force from"), [InputRequired()])

    @property
    def declared(self) -> bool | None:
        """Whether a value must have been declared; None: it does not matter."""
        return {"yes": True, "no": False}.get(self.only_declared.data)
