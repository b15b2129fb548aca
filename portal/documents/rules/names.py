"""What a paper's file is called (DOMAIN 18): 海港食品_报价单_QT-2026-000128-v2.pdf."""

from __future__ import annotations

import re

FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')
LONGEST_PART = 40


def paper_file_name(*parts: str, extension: str = "pdf") -> str:
    """The customer's short name, the kind of paper, perhaps a period, the number: joined by "_".

    Signs that no file system takes become "-"; empty parts are left out; each part has at most 40
    characters, so that the whole stays under every system's limit.
    """
    kept = (_clean(part) for part in parts)
    return "_".join(part for part in kept if part) + f".{extension}"


def _clean(part: str) -> str:
    spaced = re.sub(r"\s+", " ", FORBIDDEN.sub("-", part))
    return spaced.strip(" .-_")[:LONGEST_PART].rstrip(" .-_")
