"""The forms of visits: what is planned, the sheet, and how often each tier is visited."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional

from portal.care.rules import visits as rules
from portal.care.rules.kinds import MOODS, NEXT_KINDS, VISIT_KINDS
from portal.web.file_fields import FilesField
from portal.web.forms import InnerForm, choices

PROMISES_SHOWN = 3


class VisitForm(FlaskForm):
    """A visit that is planned. `version` of one that is moved."""

    version = HiddenField()
    kind = SelectField(_l("How"), choices=choices(VISIT_KINDS))
    purpose = StringField(_l("What for"), [InputRequired(), Length(max=rules.LONGEST_PURPOSE)])
    planned_on = DateField(_l("Day"), [InputRequired()])
    at = TimeField(_l("Time, where one is agreed"), [Optional()])
    minutes = IntegerField(_l("Minutes"), [InputRequired()], default=60)
    visitor_id = SelectField(_l("Who goes"), choices=list, validate_choice=False)
    contact_id = SelectField(_l("Whom to meet"), choices=list, validate_choice=False)
    site_id = SelectField(_l("Site"), choices=list, validate_choice=False)
    place = StringField(_l("Another place"), [Length(max=rules.LONGEST_PLACE)])
    opportunity_id = SelectField(_l("Opportunity"), choices=list, validate_choice=False)


class PromiseForm(InnerForm):
    """One promise and its day."""

    text = StringField(_l("What we promised"), [Length(max=rules.LONGEST_PROMISE)])
    due_on = DateField(_l("Kept by"), [Optional()])


class SheetForm(FlaskForm):
    """What whoever comes from a visit writes down, on a telephone more often than not."""

    version = HiddenField()
    done_on = DateField(_l("Day of the visit"), [InputRequired()])
    met = StringField(
        _l("Who was met"), [Length(max=rules.LONGEST_MET)], render_kw={"autocomplete": "off"}
    )
    mood = RadioField(_l("How they took us"), [Optional()], choices=choices(MOODS))
    summary = TextAreaField(
        _l("What they said"), [Length(max=rules.LONGEST_TEXT)], render_kw={"rows": 4}
    )
    needs = TextAreaField(
        _l("What they need"), [Length(max=rules.LONGEST_TEXT)], render_kw={"rows": 2}
    )
    promises = FieldList(
        FormField(PromiseForm), min_entries=PROMISES_SHOWN, max_entries=rules.MOST_PROMISES
    )
    competitor_id = SelectField(_l("Competitor heard of"), choices=list, validate_choice=False)
    competitor_words = StringField(_l("What was heard of it"), [Length(max=rules.LONGEST_WORDS)])
    next_step = StringField(_l("Next step"), [Length(max=rules.LONGEST_STEP)])
    next_on = DateField(_l("Next step on"), [Optional()])
    next_as = SelectField(_l("What it becomes"), choices=choices(NEXT_KINDS))
    files = FilesField(_l("Photographs and papers"))


class PlanTable(FlaskForm):
    """How often each tier is visited: two fields for each row, added when the page is made."""

    version = HiddenField()
    horizon_days = IntegerField(_l("Days ahead that visits plan themselves"), [InputRequired()])
    a_day = IntegerField(_l("Visits a person and day, at most"), [InputRequired()])


class RowForm(InnerForm):
    """One row of the plan."""

    segment = HiddenField()
    kind = SelectField(_l("How"), choices=choices(VISIT_KINDS))
    every_days = IntegerField(_l("Every so many days"), [InputRequired()])


class PlanForm(PlanTable):
    """The whole plan."""

    rows = FieldList(FormField(RowForm), max_entries=10)
