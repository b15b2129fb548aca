"""Files beside a record: which kinds there are, what may be attached, and in what form it is handed out."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class FileKind(StrEnum):
    """What an attached file is, in the words of the trade."""

    SIGNED_SCAN = "signed_scan"
    BILL_OF_LADING = "bill_of_lading"
    PACKING_LIST = "packing_list"
    COMMERCIAL_INVOICE = "commercial_invoice"
    TAX_INVOICE = "tax_invoice"
    CUSTOMS_PAPER = "customs_paper"
    PROOF_OF_DELIVERY = "proof_of_delivery"
    PHOTO = "photo"
    AUTHORITY = "authority"
    OTHER = "other"


FILE_WORDS: Mapping[str, Text] = {
    FileKind.SIGNED_SCAN: t("Signed copy"),
    FileKind.BILL_OF_LADING: t("Bill of lading"),
    FileKind.PACKING_LIST: t("Packing list"),
    FileKind.COMMERCIAL_INVOICE: t("Commercial invoice"),
    FileKind.TAX_INVOICE: t("Tax invoice"),
    FileKind.CUSTOMS_PAPER: t("Customs paper"),
    FileKind.PROOF_OF_DELIVERY: t("Proof of delivery"),
    FileKind.PHOTO: t("Photograph"),
    FileKind.AUTHORITY: t("Proof of authority"),
    FileKind.OTHER: t("Other file"),
}

MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""What may be attached, by the kind that the content has (`web.uploads.kind_of`)."""

ACCEPTED = tuple(MEDIA_TYPES)
