"""The words of insight."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.customers.rules.kinds import (
    CUSTOMER_STATES,
    SEGMENTS,
    STRUCTURES,
    Abc,
    Segment,
)
from portal.kernel.text import Text, t

TIER_ORDER: tuple[Segment, ...] = (
    Segment.FLOATING,
    Segment.ORDINARY,
    Segment.MID,
    Segment.VIP,
    Segment.PROJECT,
)
"""The tiers from the lowest to the highest (DOMAIN K2)."""


class Aspect(StrEnum):
    """What a customer is classified by; each can be set by hand until a day."""

    TIER = "tier"
    STATE = "state"
    ABC = "abc"
    STRUCTURE = "structure"


class ServiceLevel(StrEnum):
    """The parts of a tier's service menu (REQUIREMENTS K2)."""

    BASIC = "basic"
    VALUE_ADDED = "value_added"
    EXCLUSIVE = "exclusive"
    BESPOKE = "bespoke"


class Basis(StrEnum):
    """What a customer's contribution is (DOMAIN K2)."""

    NET = "net"  # net revenue
    MARGIN = "margin"  # margin after rebate of what was billed


class Signal(StrEnum):
    """What says that a customer may leave us (DOMAIN K7)."""

    VOLUME = "volume"
    INTERVAL = "interval"
    COMPLAINTS = "complaints"
    PAYMENT = "payment"
    CONTACT = "contact"
    COMPETITOR = "competitor"
    CONTRACT = "contract"


class Stage(StrEnum):
    """What a classification run is at."""

    MONTHS = "months"  # gathering the facts of the months
    CUSTOMERS = "customers"  # classifying one batch of customers after the other


ASPECTS: Mapping[str, Text] = {
    Aspect.TIER: t("Tier"),
    Aspect.STATE: t("State"),
    Aspect.ABC: t("ABC class"),
    Aspect.STRUCTURE: t("Structure class"),
}

ABC_WORDS: Mapping[str, Text] = {Abc.A: t("A"), Abc.B: t("B"), Abc.C: t("C")}

WORDS_OF: Mapping[str, Mapping[str, Text]] = {
    Aspect.TIER: SEGMENTS,
    Aspect.STATE: CUSTOMER_STATES,
    Aspect.ABC: ABC_WORDS,
    Aspect.STRUCTURE: STRUCTURES,
}
"""The values of each aspect with their words."""

SERVICE_LEVELS: Mapping[str, Text] = {
    ServiceLevel.BASIC: t("Basic services"),
    ServiceLevel.VALUE_ADDED: t("Value-added services"),
    ServiceLevel.EXCLUSIVE: t("Exclusive services"),
    ServiceLevel.BESPOKE: t("Bespoke services"),
}

BASES: Mapping[str, Text] = {
    Basis.NET: t("Net revenue"),
    Basis.MARGIN: t("Margin after rebate"),
}

SIGNALS: Mapping[str, Text] = {
    Signal.VOLUME: t("Volume down"),
    Signal.INTERVAL: t("Longer without an order than usual"),
    Signal.COMPLAINTS: t("Complaints close together"),
    Signal.PAYMENT: t("Pays more slowly"),
    Signal.CONTACT: t("Contact person left"),
    Signal.COMPETITOR: t("Lost to the same competitor again"),
    Signal.CONTRACT: t("Contract ends without talk of renewal"),
}
