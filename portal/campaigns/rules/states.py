"""The life of a campaign, and of what is shown to customers in the portal."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t


class CampaignState(StrEnum):
    """Where a campaign is."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"


class CampaignStep(StrEnum):
    """What may be done with it."""

    CHANGE = "change"
    APPROVE = "approve"
    RETURN = "return"
    START = "start"
    FINISH = "finish"
    STOP = "stop"


class ShownState(StrEnum):
    """Where a notice or an offer is; between its days is computed."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class ShownStep(StrEnum):
    """What may be done with a notice or an offer."""

    PUBLISH = "publish"
    WITHDRAW = "withdraw"


C, A = CampaignState, CampaignStep

CAMPAIGN_WORDS: Mapping[CampaignState, Text] = {
    C.DRAFT: t("Draft"),
    C.APPROVED: t("Approved"),
    C.SENDING: t("Being sent"),
    C.SENT: t("All sent"),
    C.STOPPED: t("Stopped"),
}

CAMPAIGN_STEPS = Lifecycle(
    {
        (C.DRAFT, A.CHANGE): C.DRAFT,
        (C.DRAFT, A.APPROVE): C.APPROVED,
        (C.APPROVED, A.RETURN): C.DRAFT,
        (C.APPROVED, A.START): C.SENDING,
        (C.APPROVED, A.STOP): C.STOPPED,
        (C.SENDING, A.FINISH): C.SENT,
        (C.SENDING, A.STOP): C.STOPPED,
    },
    CAMPAIGN_WORDS,
)

SHOWN_WORDS: Mapping[ShownState, Text] = {
    ShownState.DRAFT: t("Draft"),
    ShownState.PUBLISHED: t("Published"),
    ShownState.WITHDRAWN: t("Withdrawn"),
}

SHOWN_STEPS = Lifecycle(
    {
        (ShownState.DRAFT, ShownStep.PUBLISH): ShownState.PUBLISHED,
        (ShownState.PUBLISHED, ShownStep.WITHDRAW): ShownState.WITHDRAWN,
        (ShownState.WITHDRAWN, ShownStep.PUBLISH): ShownState.PUBLISHED,
    },
    SHOWN_WORDS,
)
