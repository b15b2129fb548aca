"""Setting endpoints: address, events, customer, secret; each change leaves its entry in the history."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db import audit
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.hooks.models import HookEndpoint, HookSecret
from portal.hooks.rules import addresses, signing
from portal.hooks.rules.catalogue import BY_NAME
from portal.hooks.rules.kinds import ROBOTS, HookKind
from portal.hooks.rules.tries import BOTH_VALID
from portal.hooks.sealing import seal, unseal
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, StaleEdit
from portal.kernel.text import Text, t

LONGEST_SECRET = 200


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """What staff say of an endpoint. `url` and `secret` empty: as they were; `customer_code` empty: every customer."""

    name: str
    kind: HookKind
    url: str
    events: Sequence[str]
    customer_code: str = ""
    locale: str = "zh_CN"
    secret: str = ""


def create(
    facts: EndpointFacts, private_ok: bool, actor: Viewer, now: datetime
) -> tuple[HookEndpoint, str]:
    """A new endpoint, still off, and its secret: it is never shown again. A robot's secret is the vendor's.

    Raises Invalid or InvalidMany by field.
    """
    if not facts.url.strip():
        raise Invalid(t("Give the address."), "url")
    row = HookEndpoint(is_active=False, created_at=now, updated_at=now)
    _write(row, facts, private_ok)
    row.since_entry_id = _latest_entry()
    db.session.add(row)
    secret = facts.secret.strip() if facts.kind in ROBOTS else _fresh_secret()
    if secret:
        row.secrets.append(HookSecret(sealed=seal(secret), created_at=now))
    audit.record(actor, "hook.created", row, now, after=_told(row))
    return row, "" if facts.kind in ROBOTS else secret


def change(
    row: HookEndpoint, facts: EndpointFacts, seen: int, private_ok: bool, actor: Viewer, now: datetime
) -> None:  # fmt: skip
    """Change what is told where. StaleEdit when somebody was quicker; what is on its way goes to the new address."""
    if row.version != seen:
        raise StaleEdit(t("Somebody else changed this webhook. Look at it again, then repeat."))
    if row.kind != facts.kind:
        raise Invalid(t("The kind of a webhook stays. Add another one."), "kind")
    before = _told(row)
    _write(row, facts, private_ok)
    if facts.kind in ROBOTS and facts.secret.strip():
        row.secrets[:] = [HookSecret(sealed=seal(facts.secret.strip()), created_at=now)]
    row.updated_at = now
    audit.record(actor, "hook.changed", row, now, before=before, after=_told(row))


def switch_on(row: HookEndpoint, actor: Viewer, now: datetime) -> None:
    """From now on it is told; what happened while it was off is not."""
    if row.is_active:
        raise NotAllowedNow(t("This webhook is on."))
    row.is_active, row.failing_since, row.off_reason = True, None, ""
    row.since_entry_id, row.updated_at = _latest_entry(), now
    audit.record(actor, "hook.switched_on", row, now)


def switch_off(row: HookEndpoint, actor: Viewer, now: datetime, why: str = "") -> None:
    """It is told no more; what is on its way waits until it is on again. `why`: OffReason, or "" for by hand."""
    if not row.is_active:
        raise NotAllowedNow(t("This webhook is off."))
    row.is_active, row.off_reason, row.updated_at = False, why, now
    audit.record(actor, "hook.switched_off", row, now, reason=why or None)


def renew_secret(row: HookEndpoint, actor: Viewer, now: datetime) -> str:
    """A new secret, shown this once; the one before signs along for a day, older ones no more."""
    if row.kind in ROBOTS:
        raise NotAllowedNow(t("A robot's secret is made by its vendor. Type it into the form."))
    latest = max(row.secrets, key=lambda each: each.id, default=None)
    for each in list(row.secrets):
        if each is latest:
            each.valid_until = now + BOTH_VALID
        else:
            row.secrets.remove(each)
    secret = _fresh_secret()
    row.secrets.append(HookSecret(sealed=seal(secret), created_at=now))
    row.updated_at = now
    audit.record(actor, "hook.secret_renewed", row, now)
    return secret


def remove(row: HookEndpoint, actor: Viewer, now: datetime) -> None:
    """Take it away with its log; what it was stays in the history."""
    audit.record(actor, "hook.removed", row, now, before=_told(row))
    db.session.delete(row)
    db.session.flush()


def secrets_of(row: HookEndpoint, now: datetime) -> list[str]:
    """What signs now, the newest first."""
    valid = [each for each in row.secrets if each.valid_until is None or each.valid_until > now]
    return [unseal(each.sealed) for each in sorted(valid, key=lambda each: -each.id)]


def _write(row: HookEndpoint, facts: EndpointFacts, private_ok: bool) -> None:
    wrong: dict[str, Text] = {}
    customer = _customer(facts.customer_code, wrong)
    if not facts.name.strip():
        wrong["name"] = t("Give it a name.")
    if not facts.events:
        wrong["events"] = t("Choose at least one event.")
    unknown = [each for each in facts.events if each not in BY_NAME]
    kept_back = [
        each for each in facts.events if each in BY_NAME and not BY_NAME[each].for_customers
    ]
    if unknown:
        wrong["events"] = t("There is no such event: %(name)s", name=unknown[0])
    elif customer is not None and kept_back:
        words = BY_NAME[kept_back[0]].words
        wrong["events"] = t("“%(event)s” is for our own systems alone.", event=words)
    if len(facts.secret) > LONGEST_SECRET:
        wrong["secret"] = t("This secret is too long.")
    if wrong:
        raise InvalidMany(wrong)
    row.name, row.kind, row.locale = facts.name.strip()[:120], facts.kind.value, facts.locale
    row.events = sorted(set(facts.events))
    row.customer_id = customer.id if customer else None
    if facts.url.strip():
        url = addresses.checked(facts.url, private_ok)
        row.sealed_url = seal(url)
        row.shown_url = addresses.shown(url, facts.kind in ROBOTS)


def _customer(code: str, wrong: dict[str, Text]) -> Customer | None:
    if not code.strip():
        return None
    wanted = select(Customer).where(func.lower(Customer.code) == code.strip().lower())
    found = db.session.scalar(wanted)
    if found is None or found.merged_into_id is not None:
        wrong["customer_code"] = t("There is no such customer.")
        return None
    return found


def _fresh_secret() -> str:
    return signing.secret_of(secrets.token_bytes(signing.KEY_BYTES))


def _latest_entry() -> int:
    return db.session.scalar(select(func.max(AuditEntry.id))) or 0


def _told(row: HookEndpoint) -> dict[str, Any]:
    """What history keeps: never the address itself, nor a secret."""
    return {
        "name": row.name, "kind": row.kind, "url": row.shown_url, "events": row.events,
        "customer": row.customer_id, "locale": row.locale,
    }  # fmt: skip
