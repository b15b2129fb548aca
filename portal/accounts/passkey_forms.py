"""Forms of passkeys: Flask-Security's with our words, and what it leaves unchecked."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_security.forms import IsString, RequiredLocalize
from flask_security.utils import get_message
from flask_security.webauthn import (
    WebAuthnDeleteForm,
    WebAuthnRegisterForm,
    WebAuthnRegisterResponseForm,
    WebAuthnSigninForm,
    WebAuthnSigninResponseForm,
)
from wtforms import HiddenField, RadioField, SelectChoice, StringField
from wtforms.validators import Length

from portal.accounts.forms import OurNext
from portal.accounts.passkeys import LONGEST_NAME, MOST
from portal.accounts.rules.passkeys import put_at
from portal.kernel.text import t
from portal.web.words import say

LONGEST_ID = 1023
"""Bytes of a credential's id (WebAuthn level 2, 5.8.3)."""
LONGEST_ANSWER = 20_000
USAGES = [
    SelectChoice(
        "first", _l("Alone: it asks for my finger, face or PIN and takes the password's place")
    ),
    SelectChoice("secondary", _l("After the password, as the second factor")),
]


class NewPasskeyForm(WebAuthnRegisterForm):
    """The name of a passkey, and what it is for."""

    name = StringField(
        _l("Name of the passkey"),
        render_kw={"autocomplete": "off", "maxlength": LONGEST_NAME},
        validators=[IsString(), RequiredLocalize(message="WEBAUTHN_NAME_REQUIRED")],
    )
    usage = RadioField(_l("Sign in with it"), choices=USAGES, default="first")

    def validate(self, **kwargs: Any) -> bool:
        """Also: nobody needs more than ten."""
        if not super().validate(**kwargs):
            return False
        if len(current_user.webauthn) >= MOST:
            too_many = t("You have %(count)s passkeys. Remove one first.", count=MOST)
            self.name.errors = [*self.name.errors, say(too_many)]
            return False
        return True


class MadePasskeyForm(WebAuthnRegisterResponseForm):
    """What the browser says of a passkey that it has just made."""

    credential = HiddenField(validators=[Length(max=LONGEST_ANSWER)])

    def validate(self, **kwargs: Any) -> bool:
        """Also: an id of the standard's length; what the browser tells beside it is not kept."""
        if not super().validate(**kwargs):
            return False
        self.extensions = ""
        if len(self.registration_verification.credential_id) > LONGEST_ID:
            self.credential.errors = [get_message("API_ERROR")[0]]
            return False
        return True


class StartPasskeyForm(OurNext, WebAuthnSigninForm):
    """The wish to sign in with a passkey."""


class ShownPasskeyForm(OurNext, WebAuthnSigninResponseForm):
    """A passkey's answer to a challenge, at sign-in or to prove once more who one is."""

    credential = HiddenField(validators=[Length(max=LONGEST_ANSWER)])

    def validate(self, **kwargs: Any) -> bool:
        """Also: whoever is blocked is nobody, an answer opens once, and a key that stands alone has seen its owner."""
        if not super().validate(**kwargs):
            return False
        wrong = self._wrong()
        if wrong:
            self.credential.errors = [get_message(wrong)[0]]
        return wrong is None

    def _wrong(self) -> str | None:
        assert self.cred is not None and self.user is not None
        if not self.user.active:
            return "WEBAUTHN_UNKNOWN_CREDENTIAL_ID"
        if self.cred.lastuse_datetime > put_at(self.challenge):
            return "WEBAUTHN_EXPIRED"
        if self.cred.usage == "first" and not self.mf_check:
            return "WEBAUTHN_NO_VERIFY"
        return None


class NoPasskeyForm(WebAuthnDeleteForm):
    """The name of the passkey that goes."""
