"""Signatures. Programs: Standard Webhooks; robots: what each vendor asks for.

Sources: the Standard Webhooks specification (github.com/standard-webhooks/standard-webhooks, its
spec/standard-webhooks.md); DingTalk, "custom robot security settings" (open.dingtalk.com, 自定义机器人安全设置:
milliseconds, the key is the secret); Feishu, "custom bot usage guide" (open.feishu.cn, 自定义机器人使用指南: seconds,
the key holds the text and the message is empty).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

PREFIX = "whsec_"
KEY_BYTES = 32
EXAMPLE = """import base64, hashlib, hmac

def is_ours(headers, body: bytes, secret: str) -> bool:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(wanted, each) for each in headers["webhook-signature"].split())
"""
"""How the other side checks a delivery, in Python; shown on the endpoint's page, and tried by a test."""


def secret_of(key: bytes) -> str:
    """A key as its owner keeps it: `whsec_` and base64."""
    return PREFIX + base64.b64encode(key).decode()


def signature(secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over id, seconds and body, with dots between."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{seconds(at)}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(secrets: Iterable[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers; one signature for each secret that is valid now, with blanks between."""
    signatures = " ".join(signature(each, message_id, at, body) for each in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds(at)),
        "webhook-signature": signatures,
    }


def dingtalk_url(url: str, secret: str, at: datetime) -> str:
    """The robot's address with `timestamp` (milliseconds) and `sign`."""
    stamp = str(seconds(at) * 1000)
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    parts = urlsplit(url)
    query = [
        *parse_qsl(parts.query),
        ("timestamp", stamp),
        ("sign", base64.b64encode(digest).decode()),
    ]
    return urlunsplit(parts._replace(query=urlencode(query)))


def feishu_fields(secret: str, at: datetime) -> dict[str, str]:
    """What the body carries beside the message: `timestamp` (seconds) and `sign`."""
    stamp = str(seconds(at))
    digest = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(digest).decode()}


def seconds(at: datetime) -> int:
    """Whole seconds since 1970."""
    return int(at.timestamp())
