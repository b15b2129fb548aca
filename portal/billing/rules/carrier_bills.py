"""A carrier's bill against what we sent out: which waybills agree, and how the others differ (DOMAIN R11, R12)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class Finding(StrEnum):
    """How the two sides of a waybill compare."""

    MATCHED = "matched"
    ONLY_THEIRS = "only_theirs"  # 我方无
    ONLY_OURS = "only_ours"  # 对方无
    WEIGHT = "weight"  # 重量差异
    PRICE = "price"  # 金额差异
    NOT_WEIGHED = "not_weighed"  # own weight 0: the carrier's stands
    DUPLICATE = "duplicate"  # freight billed twice for one waybill
    RETURNED = "returned"  # 退回


FINDING_WORDS: Mapping[Finding, Text] = {
    Finding.MATCHED: t("Agrees"),
    Finding.ONLY_THEIRS: t("Only on the bill"),
    Finding.ONLY_OURS: t("Only in our records"),
    Finding.WEIGHT: t("Weight differs"),
    Finding.PRICE: t("Amount differs"),
    Finding.NOT_WEIGHED: t("Not weighed by us"),
    Finding.DUPLICATE: t("Freight billed twice"),
    Finding.RETURNED: t("Returned"),
}
