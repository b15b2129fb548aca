"""The mail that the served portal has put into its folder, read as its readers would."""

from __future__ import annotations

import email
import email.policy
import re
import time
from pathlib import Path

LINK = re.compile(r"https?://[^/\s]+(/\S+)")
PATIENCE = 20


def link_for(instance: Path, reader: str, part: str) -> str:
    """The path of the link with `part` in the newest letter to `reader`; waits for the worker that sends it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for text in _letters(instance / "mail", reader):
            found = [path for path in LINK.findall(text) if part in path]
            if found:
                return str(found[0])
        time.sleep(0.2)
    raise AssertionError(f"no letter to {reader} with a link to {part}")


def _letters(folder: Path, reader: str) -> list[str]:
    """The plain text of the letters to `reader`, newest first."""
    files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    letters = [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]
    return [
        body.get_content()
        for letter in letters
        if reader in str(letter["To"]) and (body := letter.get_body(("plain",)))
    ]
