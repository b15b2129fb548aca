"""Forms of sign-in: Flask-Security's with our words, and our own for staff and invitations."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_security import (
    ChangePasswordForm,
    ForgotPasswordForm,
    LoginForm,
    MfRecoveryForm,
    ResetPasswordForm,
    TwoFactorRescueForm,
    TwoFactorSelectForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
    hash_password,
)
from flask_security.forms import (
    EmailValidation,
    EqualToLocalize,
    IsString,
    IsStringOrInt,
    RequiredLocalize,
    email_required,
    password_required,
    valid_user_email,
)
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
)
from wtforms.validators import Email, EqualTo, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.access.labels import ROLE_LABELS
from portal.access.permissions import Role
from portal.accounts.rules.passwords import MAX_LENGTH
from portal.web.links import is_ours
from portal.web.words import say

LANGUAGES = [SelectChoice("zh_CN", "中文"), SelectChoice("en", "English")]
NEW = {"autocomplete": "new-password"}
CURRENT = {"autocomplete": "current-password"}
NOT_ENDLESS = Length(max=1024)  # longer ones are refused by the hash itself, with a crash


def _own_email(**kw: Any) -> EmailField:
    return EmailField(
        _l("E-mail address"), render_kw={"autocomplete": "username", "autofocus": True}, **kw
    )


class OurNext:
    """Of a form that leads on: a foreign `next` is forgotten, not complained about."""

    next: HiddenField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_ours(self.next.data or ""):
            self.next.data = ""

    def validate_next(self, field: HiddenField) -> None:
        """Nothing to say: `__init__` has looked at it."""


class SignInForm(OurNext, LoginForm):
    """E-mail address and password."""

    email = _own_email(validators=[IsString(), email_required, EmailValidation()])
    password = PasswordField(
        _l("Password"), render_kw=CURRENT, validators=[IsString(), password_required, NOT_ENDLESS]
    )
    remember = BooleanField(_l("Keep me signed in on this device"))


class ForgottenForm(ForgotPasswordForm):
    """The address to send a link to. Known or not, the answer takes one hash's time."""

    email = _own_email(
        validators=[IsString(), email_required, EmailValidation(verify=True), valid_user_email]
    )

    def validate(self, **kwargs: Any) -> bool:
        """Whether there is somebody who may have a link: joined, and not blocked."""
        if not super().validate(**kwargs) or not getattr(self.user, "password", None):
            return False
        hash_password("not-a-password")  # the view does so for addresses that it does not know
        return True


class NewPasswordForm(ResetPasswordForm):
    """The new password, twice."""

    password = PasswordField(
        _l("New password"), render_kw=NEW, validators=[IsString(), password_required]
    )
    password_confirm = PasswordField(
        _l("New password again"),
        render_kw=NEW,
        validators=[
            IsString(),
            EqualToLocalize("password", message="RETYPE_PASSWORD_MISMATCH"),
            password_required,
        ],
    )


class OtherPasswordForm(ChangePasswordForm):
    """The present password and the new one, twice."""

    password = PasswordField(_l("Present password"), render_kw=CURRENT, validators=[NOT_ENDLESS])
    new_password = PasswordField(
        _l("New password"), render_kw=NEW, validators=[IsString(), password_required]
    )
    new_password_confirm = PasswordField(
        _l("New password again"),
        render_kw=NEW,
        validators=[
            IsString(),
            EqualToLocalize("new_password", message="RETYPE_PASSWORD_MISMATCH"),
            password_required,
        ],
    )


class AgainForm(OurNext, VerifyForm):
    """The password once more, before something that matters."""

    password = PasswordField(
        _l("Password"), render_kw=CURRENT, validators=[IsString(), password_required, NOT_ENDLESS]
    )


class CodeForm(TwoFactorVerifyCodeForm):
    """Six figures from the authenticator app."""

    code = StringField(
        _l("Verification code"),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True},
        validators=[IsStringOrInt(), RequiredLocalize()],
    )


class RecoveryForm(MfRecoveryForm):
    """One of the recovery codes."""

    code = StringField(
        _l("Recovery code"),
        render_kw={"autocomplete": "off", "autofocus": True},
        validators=[IsString(), RequiredLocalize()],
    )


class WhichForm(TwoFactorSelectForm):
    """Which second factor, for whoever has two."""

    which = RadioField(_l("Second factor"))


class SetUpForm(TwoFactorSetupForm):
    """One method, one button each for on and off: no choice to make."""

    setup = HiddenField()


class NoChoice(HiddenField):
    """Where Flask-Security would offer weaker ways in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices: list[Any] = []


class RescueForm(TwoFactorRescueForm):
    """Never shown: a lost phone is what recovery codes are for."""

    help_setup = NoChoice()


def role_choices() -> list[SelectChoice]:
    """Staff roles in words."""
    return [SelectChoice(role.value, say(ROLE_LABELS[role])) for role in Role]


class Ticks(SelectMultipleField):
    """Several of a few, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RolesForm(FlaskForm):
    """The staff roles of one person."""

    roles = Ticks(_l("Roles"), choices=role_choices)
    version = HiddenField()

    @property
    def chosen(self) -> frozenset[Role]:
        """The ticked roles."""
        return frozenset(Role(value) for value in self.roles.data or ())


class InviteForm(RolesForm):
    """A new member of staff."""

    name = StringField(_l("Name"), validators=[InputRequired(), Length(max=80)])
    email = EmailField(_l("E-mail address"), validators=[InputRequired(), Email(), Length(max=254)])
    locale = SelectField(_l("Language"), choices=LANGUAGES)


class JoinForm(FlaskForm):
    """What an invited person tells: name and password."""

    name = StringField(
        _l("Your name"),
        render_kw={"autocomplete": "name"},
        validators=[InputRequired(), Length(max=80)],
    )
    password = PasswordField(
        _l("Password"), render_kw=NEW, validators=[InputRequired(), Length(max=MAX_LENGTH)]
    )
    password_again = PasswordField(
        _l("Password again"),
        render_kw=NEW,
        validators=[InputRequired(), EqualTo("password", _l("The two passwords differ."))],
    )


class FirstJoinForm(JoinForm):
    """The first administrator's: nobody has written the address down yet."""

    email = EmailField(
        _l("E-mail address"),
        render_kw={"autocomplete": "username"},
        validators=[InputRequired(), Email(), Length(max=254)],
    )


class OwnDetailsForm(FlaskForm):
    """What a person may change about themselves."""

    name = StringField(_l("Name"), validators=[InputRequired(), Length(max=80)])
    phone = TelField(_l("Telephone"), validators=[Length(max=40)])
    locale = SelectField(_l("Language"), choices=LANGUAGES)
