"""Reading the firm's own look: for pages as it is stored, for papers as a value with its pictures."""

from __future__ import annotations

from typing import Any

from portal.db.base import db
from portal.db.kept import Kept
from portal.documents.archive import archive
from portal.documents.models import FirmProfile
from portal.documents.rules.firm import BankAccount, Colours, Firm, Picture
from portal.documents.rules.words import Words, same

NO_FIRM = FirmProfile(id=1, name_zh="示例物流", name_en="Sample Logistics")


def firm_profile() -> FirmProfile:
    """The firm's settings; a stand-in that is in no session before anybody wrote them."""
    return db.session.get(FirmProfile, 1) or NO_FIRM


def firm_currency() -> str:
    """The firm's own currency, seldom by a query."""
    return _CURRENCY.get()


def firm_on_paper() -> Firm:
    """The firm as its papers show it, its pictures out of the archive."""
    profile = firm_profile()
    look: dict[str, Any] = profile.look or {}
    return Firm(
        name=Words(profile.name_zh, profile.name_en or ""),
        address=Words(profile.address_zh or "", profile.address_en or ""),
        phone=profile.phone or "",
        email=profile.email or "",
        licence=same(profile.licence or ""),
        credit_code=profile.credit_code or "",
        logo=_picture(look.get("logo"), profile.name_zh),
        seal=_picture(look.get("seal"), profile.name_zh),
        colours=Colours(look["accent"]) if look.get("accent") else Colours(),
        accounts=tuple(_account(row) for row in profile.banks or []),
    )


def _picture(sha256: str | None, alt: str) -> Picture | None:
    return Picture(archive().read(sha256), alt) if sha256 else None


def _account(row: dict[str, str]) -> BankAccount:
    return BankAccount(
        holder=Words(row["holder_zh"], row.get("holder_en", "")),
        bank=Words(row["bank_zh"], row.get("bank_en", "")),
        number=row["number"],
        currency=row.get("currency", "CNY"),
        swift=row.get("swift", ""),
        clearing_number=row.get("clearing_number", ""),
    )


_CURRENCY = Kept(lambda: firm_profile().currency or "CNY", FirmProfile)
