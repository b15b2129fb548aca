"""A message for a group robot, and whether the robot took it.

Sources: WeCom, "group robot configuration" (developer.work.weixin.qq.com/document/path/91770: `msgtype` text, at most
2,048 bytes, 20 messages a minute, `errcode` 0); DingTalk, "custom robot" (open.dingtalk.com: `msgtype` text, 20 a
minute, `errcode` 0); Feishu, "custom bot usage guide" (open.feishu.cn: `msg_type` text, 100 a minute, `code` 0).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.hooks.rules.catalogue import SUBJECTS, TEST, words_of
from portal.hooks.rules.kinds import HookKind
from portal.kernel.text import Text, t

MOST_BYTES = 2_000
PACE_SECONDS = 4
"""Between two messages to one robot: 15 a minute, where the strictest vendor allows 20."""
FACT_WORDS: Mapping[str, Text] = {
    "title": t("Title"),
    "gross": t("Amount"),
    "amount": t("Amount"),
    "total_amount": t("Total"),
    "granted_amount": t("Granted amount"),
    "due_on": t("Due date"),
    "ends_on": t("Ends on"),
    "remaining": t("What is left"),
    "lines": t("Lines"),
    "origin": t("Origin"),
    "destination": t("Destination"),
    "place": t("Place"),
    "actual": t("Happened at"),
    "shipment": t("Shipment"),
    "statement": t("Statement"),
    "name": t("Person's name"),
    "reason_text": t("Reason"),
}
"""What of an event stands in a message, and how it is called there; the rest is on the page."""
AMOUNTS = frozenset({"gross", "amount", "total_amount", "granted_amount"})
Translate = Callable[[str], str]


def message(payload: Mapping[str, Any], translate: Translate) -> str:
    """A few lines: what happened, to what, for whom, the figures that matter, and where to look."""
    told = payload["data"]
    lines = [words_of(payload["type"]).render(translate)]
    subject = told.get("subject")
    if subject:
        word = SUBJECTS[subject["type"]].words.render(translate)
        customer = told.get("customer") or {}
        lines.append(
            " · ".join(filter(None, (f"{word} {subject['number']}", customer.get("name"))))
        )
    facts = told.get("facts", {})
    lines += [
        f"{FACT_WORDS[name].render(translate)}: {_figure(name, value, facts)}"
        for name, value in facts.items()
        if name in FACT_WORDS and value not in (None, "")
    ]
    if payload["type"] == TEST:
        lines.append(t("If you read this, it works.").render(translate))
    tail = f"\n{told['link']}" if told.get("link") else ""
    return _short("\n".join(_harmless(each) for each in lines), MOST_BYTES - len(tail)) + tail


def body(kind: HookKind, text: str, signed: Mapping[str, str]) -> bytes:
    """The message as the vendor wants it; `signed` are Feishu's two fields, else empty."""
    if kind is HookKind.FEISHU:
        told: dict[str, Any] = {**signed, "msg_type": "text", "content": {"text": text}}
    else:
        told = {"msgtype": "text", "text": {"content": text}}
    return json.dumps(told, ensure_ascii=False).encode()


def refusal(answer: str) -> str | None:
    """Why the robot did not take it, in its own words; None: it did. Robots refuse with status 200."""
    try:
        told = json.loads(answer)
    except ValueError:
        return None
    if not isinstance(told, dict):
        return None
    code = next((told[name] for name in ("errcode", "code", "StatusCode") if name in told), 0)
    if code in (0, "0"):
        return None
    said = told.get("errmsg") or told.get("msg") or told.get("StatusMessage") or ""
    return f"{code} {said}".strip()


def _figure(name: str, value: Any, facts: Mapping[str, Any]) -> str:
    """A fact as a person reads it: amounts with thousands and currency, where they are plain numbers."""
    if name not in AMOUNTS:
        return str(value)
    currency = facts.get("currency") or facts.get("total_currency") or ""
    try:
        return f"{Decimal(str(value)):,.2f} {currency}".strip()
    except InvalidOperation:
        return str(value)


def _harmless(line: str) -> str:
    """A line that cannot call people: `<@all>` and `<at …>` are read by robots wherever they stand."""
    return " ".join(line.replace("<", "＜").replace(">", "＞").replace("@", "＠").split())


def _short(text: str, most: int) -> str:
    raw = text.encode()
    if len(raw) <= most:
        return text
    return raw[: most - 3].decode(errors="ignore") + "…"
