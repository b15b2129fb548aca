"""What a customer writes about a loss: the claim, its evidence, the answer to an offer."""

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

from portal.claims.actions.filing_values import LONGEST_TEXT
from portal.claims.rules.kinds import EVIDENCE_KIND_WORDS, EvidenceKind, Loss
from portal.kernel.text import t
from portal.service_requests.rules.clock_kinds import MODE_WORDS
from portal.web.fields import AmountField, CountField, QuantityField
from portal.web.file_fields import FilesField
from portal.web.forms import choices, currency_choices

HAPPENED = {
    Loss.LOST.value: t("Goods did not arrive"),
    Loss.DAMAGED.value: t("Goods are damaged"),
    Loss.SHORT.value: t("Some of the goods are missing"),
    Loss.DELAYED.value: t("Goods came too late"),
    Loss.OTHER.value: t("Something else"),
}
"""What happened, in the words of who has the loss."""


class FactsForm(FlaskForm):
    """How the goods went and what they were worth; most of it may be left empty."""

    claimed_amount = AmountField(
        _l("How much do you claim?"), [InputRequired(_l("Write the amount that you claim."))]
    )
    currency = SelectField(_l("Currency"), choices=currency_choices)
    mode = SelectField(
        _l("How did the goods travel?"), [InputRequired(_l("Choose how the goods travelled."))],
        choices=lambda: [("", "—"), *choices(MODE_WORDS)()],
    )  # fmt: skip
    in_container = BooleanField(_l("In a container"))
    delivered_on = DateField(_l("Delivered on"), [Optional()])
    waybill = StringField(_l("Waybill or bill of lading"), [Length(max=60)])
    goods_value = AmountField(_l("Value of the goods"))
    declared_value = AmountField(_l("Declared or insured value, if any"))
    packages = CountField(_l("Packages lost or damaged"))
    gross_kg = QuantityField(_l("Gross weight of these, kg"))

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of `NewClaim`."""
        names = ("claimed_amount", "currency", "mode", "in_container", "delivered_on", "goods_value", "declared_value",
                 "gross_kg")  # fmt: skip
        packages = self.packages.data
        return {
            **{name: self[name].data for name in names},
            "waybill": (self.waybill.data or "").strip(),
            "packages": None if packages is None else int(packages),
        }


class ClaimForm(FactsForm):
    """A loss on one page: what, how, how much."""

    customer_id = SelectField(_l("Whose goods"), coerce=int)
    loss = RadioField(
        _l("What happened?"), [InputRequired(_l("Choose what happened."))], choices=choices(HAPPENED)
    )  # fmt: skip
    text = TextAreaField(
        _l("What happened to the goods, and when did you see it?"),
        [InputRequired(_l("Say what happened to the goods.")), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 4, "maxlength": LONGEST_TEXT},
    )  # fmt: skip
    photos = FilesField(_l("Photographs of goods and packing"))

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of `NewClaim`."""
        return {**super().values(), "loss": self.loss.data, "text": self.text.data or ""}


class PieceForm(FlaskForm):
    """The files of a piece of evidence that was asked for."""

    files = FilesField(_l("Photographs or papers"))
    text = StringField(_l("What does it show?"), [Length(max=500)])


class MorePieceForm(PieceForm):
    """A piece that nobody asked for."""

    kind = SelectField(
        _l("What is it?"), choices=choices(EVIDENCE_KIND_WORDS), default=EvidenceKind.OTHER.value
    )


class AcceptForm(FlaskForm):
    """The offer as it was read, accepted for good."""

    amount = HiddenField()
    understood = BooleanField(
        _l("We accept this amount in full and final settlement"),
        [InputRequired(_l("Tick this to accept the offer."))],
    )


class DeclineForm(FlaskForm):
    """Why an offer is not accepted."""

    reason = TextAreaField(
        _l("What do you expect, and why?"),
        [InputRequired(_l("Say what you expect, so that we can look at it again.")), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 4, "maxlength": LONGEST_TEXT},
    )  # fmt: skip
