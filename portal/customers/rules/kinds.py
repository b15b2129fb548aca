"""The words customers are sorted by."""

from __future__ import annotations

from enum import StrEnum

from portal.kernel.text import Text, t


class CustomerKind(StrEnum):
    """An organisation, a group, one of its branches, or a private person (DOMAIN K9)."""

    ORGANISATION = "organisation"
    GROUP = "group"
    BRANCH = "branch"
    PERSON = "person"


class Segment(StrEnum):
    """Group by value, by monthly contribution (DOMAIN K2)."""

    FLOATING = "floating"
    ORDINARY = "ordinary"
    MID = "mid"
    VIP = "vip"
    PROJECT = "project"


class Billing(StrEnum):
    """Whether a branch gets bills of its own or its group does."""

    OWN = "own"
    GROUP = "group"


class DocumentLanguage(StrEnum):
    """What the customer's documents are written in."""

    ZH_EN = "zh_en"
    ZH = "zh"
    EN = "en"


class SitePurpose(StrEnum):
    """What a place of the customer is for."""

    SHIPPING = "shipping"
    RECEIVING = "receiving"
    WAREHOUSE = "warehouse"
    POST = "post"
    INVOICE = "invoice"


class Part(StrEnum):
    """A member of staff's part in a customer."""

    OWNER = "owner"
    TEAM = "team"


KINDS: dict[str, Text] = {
    CustomerKind.ORGANISATION: t("Organisation"),
    CustomerKind.GROUP: t("Group"),
    CustomerKind.BRANCH: t("Branch"),
    CustomerKind.PERSON: t("Private person"),
}

SEGMENTS: dict[str, Text] = {
    Segment.FLOATING: t("Floating"),
    Segment.ORDINARY: t("Ordinary"),
    Segment.MID: t("Mid"),
    Segment.VIP: t("VIP"),
    Segment.PROJECT: t("Project"),
}

BILLINGS: dict[str, Text] = {
    Billing.OWN: t("Own bill"),
    Billing.GROUP: t("On the group's bill"),
}

DOCUMENT_LANGUAGES: dict[str, Text] = {
    DocumentLanguage.ZH_EN: t("Chinese and English"),
    DocumentLanguage.ZH: t("Chinese"),
    DocumentLanguage.EN: t("English"),
}

SITE_PURPOSES: dict[str, Text] = {
    SitePurpose.SHIPPING: t("Shipping from here"),
    SitePurpose.RECEIVING: t("Receiving here"),
    SitePurpose.WAREHOUSE: t("Warehouse"),
    SitePurpose.POST: t("Post"),
    SitePurpose.INVOICE: t("Invoices"),
}
