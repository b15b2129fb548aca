"""The words leads are sorted by."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class LeadKind(StrEnum):
    """A firm, or a person who ships for themselves (DOMAIN K9)."""

    COMPANY = "company"
    PERSON = "person"


class TouchKind(StrEnum):
    """How somebody was reached."""

    CALL = "call"
    VISIT = "visit"
    MAIL = "mail"
    WECHAT = "wechat"


class PickKind(StrEnum):
    """What the log of the pool tells: how a lead came into somebody's hands, and how it left them."""

    PICKED = "picked"
    ASSIGNED = "assigned"
    GIVEN_BACK = "given_back"
    RECYCLED = "recycled"
    TAKEN = "taken"  # given to somebody else
    CONVERTED = "converted"
    DISCARDED = "discarded"
    REOPENED = "reopened"


KINDS: Mapping[str, Text] = {
    LeadKind.COMPANY: t("Company"),
    LeadKind.PERSON: t("Private person"),
}

TOUCHES: Mapping[str, Text] = {
    TouchKind.CALL: t("Call"),
    TouchKind.VISIT: t("Visit"),
    TouchKind.MAIL: t("Letter or mail"),
    TouchKind.WECHAT: t("WeChat or message"),
}

PICKS: Mapping[str, Text] = {
    PickKind.PICKED: t("Picked from the pool"),
    PickKind.ASSIGNED: t("Assigned"),
    PickKind.GIVEN_BACK: t("Given back to the pool"),
    PickKind.RECYCLED: t("Fell back into the pool"),
    PickKind.TAKEN: t("Given to somebody else"),
    PickKind.CONVERTED: t("Became a customer"),
    PickKind.DISCARDED: t("Discarded"),
    PickKind.REOPENED: t("Taken up again"),
}
