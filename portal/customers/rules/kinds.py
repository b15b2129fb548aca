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


class CustomerState(StrEnum):
    """Where the customer stands with us, computed monthly and overridable with a reason (DOMAIN K1).

    `active` is everybody with orders who is neither new nor (yet) loyal.
    """

    POTENTIAL = "potential"
    NEW = "new"
    ACTIVE = "active"
    LOYAL = "loyal"
    DORMANT = "dormant"
    LOST = "lost"


class Abc(StrEnum):
    """Class by cumulative share of the contribution (DOMAIN K5)."""

    A = "A"
    B = "B"
    C = "C"


class Structure(StrEnum):
    """Class by rank in the portfolio (DOMAIN K4)."""

    KEY = "key"
    SUITABLE = "suitable"
    GENERAL = "general"


class Market(StrEnum):
    """Kind of market (REQUIREMENTS K3)."""

    E_COMMERCE = "e_commerce"
    ENTERPRISE = "enterprise"
    SCATTERED = "scattered"


class Area(StrEnum):
    """Kind of area where the customer is (REQUIREMENTS K3)."""

    PROFESSIONAL_MARKET = "professional_market"
    BUSINESS_DISTRICT = "business_district"
    COMMUNITY = "community"  # campus and community
    OTHER = "other"


class Reach(StrEnum):
    """How far the customer's goods go, and whether it is one of our country."""

    LOCAL = "local"
    NATIONAL = "national"
    INTERNATIONAL = "international"


class Nature(StrEnum):
    """What the customer is by law and purpose (REQUIREMENTS K3)."""

    COMPANY = "company"
    PUBLIC = "public"  # government or non-profit
    GROUP = "group"
    PERSON = "person"


class Source(StrEnum):
    """How the customer, the lead or the opportunity came to us."""

    VISIT = "visit"
    PHONE = "phone"
    REFERRAL = "referral"
    FAIR = "fair"
    ONLINE = "online"
    CAMPAIGN = "campaign"
    REQUEST = "request"
    PORTAL = "portal"
    OTHER = "other"


class Influence(StrEnum):
    """A contact's part in the customer's decision (REQUIREMENTS O12)."""

    DECIDES = "decides"
    ADVISES = "advises"
    USES = "uses"
    GUARDS = "guards"  # the gate to those who decide
    NONE = "none"


class Attitude(StrEnum):
    """How a contact stands to us."""

    FOR = "for"
    NEUTRAL = "neutral"
    AGAINST = "against"


class NoteKind(StrEnum):
    """What kind of happening a note of a customer's history tells of."""

    NOTE = "note"
    CALL = "call"
    VISIT = "visit"
    MEETING = "meeting"
    MAIL = "mail"
    CHAT = "chat"


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

CUSTOMER_STATES: dict[str, Text] = {
    CustomerState.POTENTIAL: t("Potential customer"),
    CustomerState.NEW: t("New customer"),
    CustomerState.ACTIVE: t("Active customer"),
    CustomerState.LOYAL: t("Loyal customer"),
    CustomerState.DORMANT: t("Dormant customer"),
    CustomerState.LOST: t("Lost customer"),
}

STRUCTURES: dict[str, Text] = {
    Structure.KEY: t("Key customer"),
    Structure.SUITABLE: t("Suitable customer"),
    Structure.GENERAL: t("General customer"),
}

MARKETS: dict[str, Text] = {
    Market.E_COMMERCE: t("E-commerce"),
    Market.ENTERPRISE: t("Enterprise"),
    Market.SCATTERED: t("Scattered shippers"),
}

AREAS: dict[str, Text] = {
    Area.PROFESSIONAL_MARKET: t("Professional market"),
    Area.BUSINESS_DISTRICT: t("Business district"),
    Area.COMMUNITY: t("Campus or community"),
    Area.OTHER: t("Another area"),
}

REACHES: dict[str, Text] = {
    Reach.LOCAL: t("Within the region"),
    Reach.NATIONAL: t("Nationwide"),
    Reach.INTERNATIONAL: t("Across borders"),
}

NATURES: dict[str, Text] = {
    Nature.COMPANY: t("Company"),
    Nature.PUBLIC: t("Government or non-profit"),
    Nature.GROUP: t("Group of companies"),
    Nature.PERSON: t("Private person"),
}

SOURCES: dict[str, Text] = {
    Source.VISIT: t("Visit or counter"),
    Source.PHONE: t("Telephone call"),
    Source.REFERRAL: t("Recommended by a customer"),
    Source.FAIR: t("Trade fair"),
    Source.ONLINE: t("Found us online"),
    Source.CAMPAIGN: t("Campaign"),
    Source.REQUEST: t("Service request"),
    Source.PORTAL: t("The portal"),
    Source.OTHER: t("Another way"),
}

TRADITIONAL = frozenset({Source.VISIT, Source.PHONE, Source.REFERRAL, Source.FAIR})
"""Sources without the net (REQUIREMENTS K3: traditional against online)."""

INFLUENCES: dict[str, Text] = {
    Influence.DECIDES: t("Decides"),
    Influence.ADVISES: t("Advises those who decide"),
    Influence.USES: t("Uses our service"),
    Influence.GUARDS: t("Guards the door"),
    Influence.NONE: t("No part in it"),
}

ATTITUDES: dict[str, Text] = {
    Attitude.FOR: t("For us"),
    Attitude.NEUTRAL: t("Neutral"),
    Attitude.AGAINST: t("Against us"),
}

NOTE_KINDS: dict[str, Text] = {
    NoteKind.NOTE: t("Remark"),
    NoteKind.CALL: t("Call"),
    NoteKind.VISIT: t("Visit"),
    NoteKind.MEETING: t("Meeting"),
    NoteKind.MAIL: t("Letter or mail"),
    NoteKind.CHAT: t("WeChat or message"),
}
