"""Where the correction of a defect is, read from its days (REQUIREMENTS S7); overdue is never stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from portal.kernel.text import Text, t


class Correction(StrEnum):
    """How far it has come."""

    TO_PLAN = "to_plan"  # nobody has said yet what is done about it
    TO_DO = "to_do"
    OVERDUE = "overdue"
    TO_VERIFY = "to_verify"  # done; somebody else looks whether it helped
    VERIFIED = "verified"


CORRECTION_WORDS: Mapping[Correction, Text] = {
    Correction.TO_PLAN: t("Measure to be set"),
    Correction.TO_DO: t("Measure to be done"),
    Correction.OVERDUE: t("Measure overdue"),
    Correction.TO_VERIFY: t("Measure to be verified"),
    Correction.VERIFIED: t("Measure verified"),
}


def correction(
    action: str, due_on: date | None, done_on: date | None, verified_on: date | None, today: date
) -> Correction:
    """Where it is today; on the due day itself it is not late yet."""
    if verified_on is not None:
        return Correction.VERIFIED
    if done_on is not None:
        return Correction.TO_VERIFY
    if not action:
        return Correction.TO_PLAN
    return Correction.OVERDUE if due_on is not None and due_on < today else Correction.TO_DO
