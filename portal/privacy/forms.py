"""What is typed about a person's request, and the days of keeping."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.accounts.forms import Ticks
from portal.privacy.actions.registering import NewRequest
from portal.privacy.rules.kinds import ASKED_WORDS, PROOF_WORDS, Asked, PersonKind, Proof, Standing
from portal.privacy.rules.retention import KEEPINGS, Kept
from portal.web.forms import InnerForm, choices

PROOFS = {proof: words for proof, words in PROOF_WORDS.items() if proof is not Proof.SIGNED_IN}


class NewRequestForm(FlaskForm):
    """A request that reached us by letter, telephone or in person."""

    kind = RadioField(_l("What is asked for"), choices=choices(ASKED_WORDS))
    name = StringField(_l("Who asks"), [InputRequired(), Length(max=120)])
    address = StringField(_l("Where the answer goes"), [Length(max=254)])
    asked_on = DateField(_l("Asked on"), [Optional()])
    text = TextAreaField(_l("In the person's own words"), [Length(max=2000)], render_kw={"rows": 4})

    def facts(self) -> NewRequest:
        """What was typed."""
        return NewRequest(
            Asked(self.kind.data), self.name.data or "", self.address.data or "",
            self.text.data or "", self.asked_on.data,
        )  # fmt: skip


class WhoForm(FlaskForm):
    """Which of our rows are this person, and how we made sure."""

    about = Ticks(_l("This is the person"))
    proof = SelectField(_l("How we made sure"), choices=choices(PROOFS))
    note = StringField(_l("Note on it"), [Length(max=500)])

    def standings(self) -> list[Standing]:
        """The ticked ones."""
        found = (value.partition(":") for value in self.about.data or ())
        return [Standing(PersonKind(kind), int(row_id)) for kind, _, row_id in found]


class ExtendForm(FlaskForm):
    """A later day for the answer."""

    until = DateField(_l("New day"), [InputRequired()])
    why = StringField(_l("Why it takes longer"), [InputRequired(), Length(max=500)])


class OwnForm(FlaskForm):
    """What a signed-in person asks about their own data."""

    kind = RadioField(
        _l("What do you ask for?"),
        choices=choices({k: w for k, w in ASKED_WORDS.items() if k is not Asked.EXPORT}),
    )
    text = TextAreaField(_l("Anything we should know?"), [Length(max=2000)], render_kw={"rows": 3})


class DaysForm(InnerForm):
    """The days of every kind; each field has the name of its kind."""


for _kind, _keeping in KEEPINGS.items():
    setattr(
        DaysForm, _kind.value,
        IntegerField(_l("Number of days"), [Optional(), NumberRange(min=_keeping.least, max=_keeping.most)]),
    )  # fmt: skip


class RetentionForm(FlaskForm):
    """For how many days each kind is kept; empty: the usual number."""

    days = FormField(DaysForm)

    def chosen(self) -> Mapping[Kept, int | None]:
        """Kind → the days typed."""
        return {kind: self.days.form[kind.value].data for kind in Kept}
