"""The words of webhooks: what an endpoint is, what became of a delivery, why an endpoint is off."""

from __future__ import annotations

from enum import StrEnum

from portal.kernel.text import Text, t


class HookKind(StrEnum):
    """Who reads at the other end."""

    SYSTEM = "system"  # a program: signed JSON
    WECOM = "wecom"  # 企业微信 group robot
    DINGTALK = "dingtalk"  # 钉钉 group robot
    FEISHU = "feishu"  # 飞书 group robot


class DeliveryState(StrEnum):
    """What became of one delivery."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


class OffReason(StrEnum):
    """Why an endpoint is off, as far as nobody switched it off."""

    FAILING = "failing"
    GONE = "gone"  # the other side answered 410


ROBOTS = frozenset({HookKind.WECOM, HookKind.DINGTALK, HookKind.FEISHU})

KIND_WORDS: dict[HookKind, Text] = {
    HookKind.SYSTEM: t("A program (signed webhook)"),
    HookKind.WECOM: t("WeCom group robot"),
    HookKind.DINGTALK: t("DingTalk group robot"),
    HookKind.FEISHU: t("Feishu group robot"),
}
STATE_WORDS: dict[DeliveryState, Text] = {
    DeliveryState.PENDING: t("Waits to be delivered"),
    DeliveryState.SENT: t("Delivered to the endpoint"),
    DeliveryState.DEAD: t("Delivery given up"),
}
OFF_WORDS: dict[OffReason, Text] = {
    OffReason.FAILING: t("Switched off by itself: nothing was taken for days."),
    OffReason.GONE: t("Switched off by itself: the other side says that this address is gone."),
}
