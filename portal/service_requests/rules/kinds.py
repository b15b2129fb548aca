"""The words that requests are sorted by (REQUIREMENTS S1, DOMAIN T1-T3)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum

from portal.kernel.text import Text, t


class RequestKind(StrEnum):
    """What the requester wants."""

    ENQUIRY = "enquiry"
    PROBLEM = "problem"
    SUGGESTION = "suggestion"
    COMPLAINT = "complaint"
    CLAIM = "claim"
    RETURN = "return"
    ORDER_HELP = "order_help"
    MATERIALS = "materials"
    FIELD_SERVICE = "field_service"
    TRAINING = "training"
    INTERNAL = "internal"  # one department asks another; never the customer's


class Channel(StrEnum):
    """How it reached us."""

    PORTAL = "portal"
    PHONE = "phone"
    WECHAT = "wechat"
    MAIL = "mail"
    VISIT = "visit"
    INTERNAL = "internal"


class Severity(IntEnum):
    """How bad it is, 1 the worst (DOMAIN section 17)."""

    URGENT = 1
    HIGH = 2
    MEDIUM = 3
    LOW = 4


class Scope(StrEnum):
    """How much of the customer's business it touches."""

    ONE = "one"  # one shipment, parcel or document
    SEVERAL = "several"
    ALL = "all"


class RequesterKind(StrEnum):
    """Who asks: the customer's own people, or somebody who speaks for them."""

    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"


class ThirdParty(StrEnum):
    """What the third party is to the customer (DOMAIN T2)."""

    CONSIGNEE = "consignee"
    SHIPPER = "shipper"
    AGENT = "agent"
    CARRIER = "carrier"
    OTHER = "other"


class Authority(StrEnum):
    """Whether the third party's right to speak for the customer is proven."""

    NOT_NEEDED = "not_needed"
    MISSING = "missing"
    GIVEN = "given"  # a paper is there; nobody has looked at it yet
    PROVEN = "proven"
    REFUSED = "refused"


class NoMatch(StrEnum):
    """Why no entitlement belongs to a request (S2)."""

    GENERAL = "general"  # about the account, a bill or nothing bought in particular
    NOT_BOUGHT = "not_bought"
    EXPIRED = "expired"
    USED_UP = "used_up"
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"


class Responsible(StrEnum):
    """Whose fault a defect or a loss was (DOMAIN T9)."""

    US = "us"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    CONSIGNEE = "consignee"
    FORCE_MAJEURE = "force_majeure"
    UNCLEAR = "unclear"


class LinkKind(StrEnum):
    """How two requests belong together."""

    RELATED = "related"
    FOLLOW_UP = "follow_up"  # written after the first was closed
    MERGED = "merged"


class TaskKind(StrEnum):
    """What is to be done."""

    TASK = "task"
    VISIT = "visit"
    TRAINING = "training"
    PICKUP = "pickup"


CUSTOMER_KINDS = tuple(kind for kind in RequestKind if kind is not RequestKind.INTERNAL)
"""What a customer may open."""
WITH_LINES = frozenset({RequestKind.RETURN, RequestKind.MATERIALS})
"""Kinds that carry a list of goods."""

KIND_WORDS: Mapping[RequestKind, Text] = {
    RequestKind.ENQUIRY: t("Enquiry"),
    RequestKind.PROBLEM: t("Problem"),
    RequestKind.SUGGESTION: t("Suggestion"),
    RequestKind.COMPLAINT: t("Complaint"),
    RequestKind.CLAIM: t("Claim"),
    RequestKind.RETURN: t("Return of goods"),
    RequestKind.ORDER_HELP: t("Help with an order"),
    RequestKind.MATERIALS: t("Materials"),
    RequestKind.FIELD_SERVICE: t("Field service"),
    RequestKind.TRAINING: t("Training"),
    RequestKind.INTERNAL: t("Internal request"),
}

CHANNEL_WORDS: Mapping[Channel, Text] = {
    Channel.PORTAL: t("Portal"),
    Channel.PHONE: t("Telephone"),
    Channel.WECHAT: t("WeChat"),
    Channel.MAIL: t("Mail"),
    Channel.VISIT: t("Visit"),
    Channel.INTERNAL: t("From inside the house"),
}

SEVERITY_WORDS: Mapping[Severity, Text] = {
    Severity.URGENT: t("1 Urgent"),
    Severity.HIGH: t("2 High"),
    Severity.MEDIUM: t("3 Medium"),
    Severity.LOW: t("4 Low"),
}

SCOPE_WORDS: Mapping[Scope, Text] = {
    Scope.ONE: t("One shipment or document"),
    Scope.SEVERAL: t("Several"),
    Scope.ALL: t("All our business with you"),
}

THIRD_PARTY_WORDS: Mapping[ThirdParty, Text] = {
    ThirdParty.CONSIGNEE: t("Consignee"),
    ThirdParty.SHIPPER: t("Shipper"),
    ThirdParty.AGENT: t("Agent"),
    ThirdParty.CARRIER: t("Carrier"),
    ThirdParty.OTHER: t("Somebody else"),
}

AUTHORITY_WORDS: Mapping[Authority, Text] = {
    Authority.NOT_NEEDED: t("Not needed"),
    Authority.MISSING: t("Proof of authority is missing"),
    Authority.GIVEN: t("Proof of authority to be checked"),
    Authority.PROVEN: t("Authority proven"),
    Authority.REFUSED: t("Authority not accepted"),
}

NO_MATCH_WORDS: Mapping[NoMatch, Text] = {
    NoMatch.GENERAL: t("It is about no single service"),
    NoMatch.NOT_BOUGHT: t("The service was not bought"),
    NoMatch.EXPIRED: t("What was bought has expired"),
    NoMatch.USED_UP: t("What was bought is used up"),
    NoMatch.SUSPENDED: t("The contract is suspended"),
    NoMatch.UNKNOWN: t("We do not know which service it is"),
}

RESPONSIBLE_WORDS: Mapping[Responsible, Text] = {
    Responsible.US: t("We are"),
    Responsible.SUPPLIER: t("Carrier or supplier"),
    Responsible.CUSTOMER: t("The customer"),
    Responsible.CONSIGNEE: t("The consignee"),
    Responsible.FORCE_MAJEURE: t("Force majeure"),
    Responsible.UNCLEAR: t("Not clear yet"),
}

LINK_WORDS: Mapping[LinkKind, Text] = {
    LinkKind.RELATED: t("Belongs with"),
    LinkKind.FOLLOW_UP: t("Follows"),
    LinkKind.MERGED: t("Merged with"),
}

TASK_KIND_WORDS: Mapping[TaskKind, Text] = {
    TaskKind.TASK: t("Task"),
    TaskKind.VISIT: t("Field visit"),
    TaskKind.TRAINING: t("Training"),
    TaskKind.PICKUP: t("Pick-up"),
}
