"""Passkeys 通行密钥: WebAuthn through Flask-Security, for the portal's own name alone.

No attestation is asked for: which maker's key it is, is nobody's business. A passkey that signs in by itself must
have verified its owner (finger, face, PIN) and so counts as two factors; a second one after the password need not.
"""

from __future__ import annotations

import unicodedata
from functools import wraps
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from flask_security import UserMixin, WebauthnUtil
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.accounts.messages import MESSAGES
from portal.accounts.rules.passkeys import challenge
from portal.kernel import clock
from portal.web.words import say

RELYING_PARTY = "Portal"
LONGEST_NAME = 64
MOST = 10
"""Passkeys of one person."""
NAMES = ("L", "N", "M", "Pc", "Pd", "Zs")
"""Kinds of characters that a passkey's name may have."""


def settings() -> dict[str, Any]:
    """Flask-Security's settings."""
    return {
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": RELYING_PARTY,
        "SECURITY_WAN_ALLOW_AS_FIRST_FACTOR": True,
        "SECURITY_WAN_ALLOW_AS_MULTI_FACTOR": True,
        # No list of somebody's keys for whoever types an address: that would tell who is known.
        "SECURITY_WAN_ALLOW_USER_HINTS": False,
        "SECURITY_WAN_ALLOW_AS_VERIFY": ["first", "secondary"],
        "SECURITY_WAN_POST_REGISTER_VIEW": "/wan-register",
    }


def install(app: Flask) -> None:
    """Where passkeys cannot work, their addresses do not exist."""
    for endpoint, view in list(app.view_functions.items()):
        if endpoint.startswith("security.wan_"):
            app.view_functions[endpoint] = _where_they_work(view)
    app.jinja_env.globals["passkeys_work_here"] = work_here


def work_here() -> bool:
    """Whether this page stands under the portal's own name, safely: browsers keep passkeys for nothing else."""
    base = urlsplit(current_app.config["BASE_URL"])
    host = base.hostname or ""
    is_safe = base.scheme == "https" or host == "localhost"
    return is_safe and not _is_number(host) and request.host == base.netloc


class Keys(WebauthnUtil):
    """What is asked of browsers and keys."""

    def generate_challenge(self, nbytes: int | None = None) -> str:
        """Unguessable, and with its time in it: an answer to an older one is not taken twice."""
        return challenge(clock.now())

    def origin(self) -> str:
        """The portal's address as it is configured, whatever the request says."""
        base = urlsplit(current_app.config["BASE_URL"])
        return f"{base.scheme}://{base.netloc}"

    def registration_options(
        self, user: UserMixin, usage: str, existing_options: dict[str, Any]
    ) -> dict[str, Any]:
        """For a new passkey: no attestation, the portal's own name."""
        options = super().registration_options(user, usage, existing_options)
        return {
            **options,
            "rp_id": urlsplit(self.origin()).hostname,
            "attestation": AttestationConveyancePreference.NONE,
        }

    def authenticator_selection(
        self, user: UserMixin, usage: str
    ) -> AuthenticatorSelectionCriteria:
        """Of any make; one that signs in by itself finds its owner and verifies them."""
        finds = ResidentKeyRequirement
        return AuthenticatorSelectionCriteria(
            resident_key=finds.REQUIRED if usage == "first" else finds.DISCOURAGED,
            user_verification=self.user_verification(user, [usage]),
        )

    def authentication_options(
        self, user: UserMixin | None, usage: list[str], existing_options: dict[str, Any]
    ) -> dict[str, Any]:
        """For showing a passkey."""
        options = super().authentication_options(user, usage, existing_options)
        return {**options, "rp_id": urlsplit(self.origin()).hostname}

    def user_verification(
        self, user: UserMixin | None, usage: list[str]
    ) -> UserVerificationRequirement:
        """Demanded where the passkey stands alone, no trouble taken where the password came before."""
        if usage == ["first"]:
            return UserVerificationRequirement.REQUIRED
        if usage == ["secondary"]:
            return UserVerificationRequirement.DISCOURAGED
        return UserVerificationRequirement.PREFERRED

    def name_svn(self, value: str) -> tuple[str | None, str | None]:
        """(a message of Flask-Security's or None, the name as it is kept)."""
        name = unicodedata.normalize("NFKC", " ".join(value.split()))
        fits = 0 < len(name) <= LONGEST_NAME
        if not fits or not all(unicodedata.category(c).startswith(NAMES) for c in name):
            return say(MESSAGES["WEBAUTHN_NAME_DISALLOWED_CHARACTERS"][0]), None
        return None, name


def _where_they_work(view: Any) -> Any:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs) if work_here() else abort(404)

    return guarded


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
