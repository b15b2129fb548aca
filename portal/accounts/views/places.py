"""Sign-ins as a page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.accounts import sessions
from portal.accounts.models import SignIn
from portal.kernel.errors import NotFound
from portal.kernel.text import Text, t
from portal.web.words import say

WAYS = {
    "password": t("with the password"),
    "passkey": t("with a passkey"),
    "invitation": t("through an invitation"),
    "change": t("on changing the password"),
}
SECONDS = {
    "authenticator": t("and a code from the app"),
    "recovery": t("and a recovery code"),
    "passkey": t("and a passkey"),
}
PHONES = frozenset({"Android", "iPhone", "iPad", "HarmonyOS"})
ALL = "all"


@dataclass(frozen=True, slots=True)
class Place:
    """One sign-in in words."""

    row: SignIn
    device: str
    how: str
    is_phone: bool
    is_here: bool


def drawn(rows: Sequence[SignIn]) -> list[Place]:
    """Each with its device and the way in."""
    here = sessions.present()
    return [
        Place(row, _device(row), _how(row), row.system in PHONES, row.id == here) for row in rows
    ]


def chosen(form: Mapping[str, str]) -> int | None:
    """The id that was sent; None for all. Raises NotFound for anything else."""
    which = form.get("which", "")
    if which == ALL:
        return None
    if not which.isdecimal() or len(which) > 10:
        raise NotFound()
    return int(which)


def _device(row: SignIn) -> str:
    if row.browser and row.system:
        return _("%(browser)s on %(system)s", browser=row.browser, system=row.system)
    return row.browser or row.system or _("Unknown browser")


def _how(row: SignIn) -> str:
    parts: list[Text | None] = [WAYS.get(row.way), SECONDS.get(row.second or "")]
    return " ".join(say(part) for part in parts if part)
