"""What staff write to adjust an entitlement."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.web.fields import QuantityField


class AdjustForm(FlaskForm):
    """How much more or less, and why; `token` makes a form that is sent twice count once."""

    token = HiddenField(validators=[InputRequired(), Length(8, 40)])
    change = QuantityField(
        _l("More (or with a minus, less)"), [InputRequired(_l("Say by how much, more or less."))]
    )
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Say why it is adjusted.")), Length(2, 500)],
        render_kw={"rows": 3, "maxlength": 500},
    )
