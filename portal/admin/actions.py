"""Writing the firm's settings; each change leaves what was before."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from portal.admin.rules.settings import (
    Account,
    Billing,
    FirmNames,
    Quoting,
    Term,
    accent_checked,
    accounts_checked,
    terms_in_order,
)
from portal.db import audit
from portal.db.audit import Actor
from portal.db.base import db
from portal.db.outbox import OutboxMessage, OutboxState
from portal.documents.archive import archive
from portal.documents.models import FirmProfile
from portal.documents.pictures import fit_for_paper
from portal.documents.queries import NO_FIRM
from portal.kernel.errors import Invalid, NotAllowedNow, StaleEdit
from portal.kernel.text import t

PICTURES = ("logo", "seal")


def change_names(names: FirmNames, actor: Actor, now: datetime, *, version: int) -> None:
    """Name, address, numbers. InvalidMany by field; StaleEdit when somebody was quicker."""
    _write(asdict(names.checked()), actor, now, version)


def change_look(
    accent: str,
    pictures: dict[str, bytes | None],
    actor: Actor,
    now: datetime,
    *,
    version: int,
) -> None:
    """Accent colour, logo and seal: new bytes for a name in `pictures`, None to take the picture away.

    Raises Invalid at "accent", "logo" or "seal".
    """
    look = dict(_profile().look or {})
    look["accent"] = accent_checked(accent)
    for name, content in pictures.items():
        look[name] = None if content is None else _kept(name, content)
    _write({"look": {key: value for key, value in look.items() if value}}, actor, now, version)


def change_accounts(accounts: list[Account], actor: Actor, now: datetime, *, version: int) -> None:
    """The bank accounts, in order."""
    banks = [asdict(account) for account in accounts_checked(accounts)]
    _write({"banks": banks}, actor, now, version)


def change_quoting(
    quoting: Quoting, terms: list[Term], actor: Actor, now: datetime, *, version: int
) -> None:
    """Defaults of new quotations and the standing texts."""
    kept = {**(_profile().quoting or {}), **quoting.checked().to_json()}
    _write({"quoting": kept, "texts": terms_in_order(terms)}, actor, now, version)


def change_billing(billing: Billing, actor: Actor, now: datetime, *, version: int) -> None:
    """What one person may decide about bills alone."""
    kept = {**(_profile().billing or {}), **billing.checked().to_json()}
    _write({"billing": kept}, actor, now, version)


def try_again(message: OutboxMessage, now: datetime) -> None:
    """Give a mail that was given up another round of tries."""
    if message.state != OutboxState.DEAD.value:
        raise NotAllowedNow(t("This mail is on its way."))
    message.state, message.tries, message.next_try_at = OutboxState.PENDING.value, 0, now


def _profile() -> FirmProfile:
    """The row, made on the first change."""
    profile = db.session.get(FirmProfile, 1)
    if profile is None:
        profile = FirmProfile(id=1, name_zh=NO_FIRM.name_zh, name_en=NO_FIRM.name_en)
        db.session.add(profile)
        db.session.flush()
    return profile


def _write(values: dict[str, Any], actor: Actor, now: datetime, version: int) -> None:
    profile = _profile()
    if profile.version != version:
        latest = audit.timeline(profile, public_only=False)
        raise StaleEdit(
            t(
                "%(who)s changed the settings after you opened this page. Look at them, then repeat.",
                who=latest[0].actor_name if latest else t("Somebody"),
            ),
            version=profile.version,
        )
    before = {name: getattr(profile, name) for name in values}
    changed = {name: value for name, value in values.items() if before[name] != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(profile, name, value)
    was = {name: before[name] for name in changed}
    audit.record(actor, "firm.changed", profile, now, before=was, after=changed)


def _kept(name: str, content: bytes) -> str:
    try:
        return archive().store(fit_for_paper(content))
    except Invalid as error:
        raise Invalid(error.text, name) from error
