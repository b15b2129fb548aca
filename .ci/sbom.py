"""Writes the inventory of what is installed to serve, as CycloneDX 1.5, from the hashed lock. Standard library only."""

import json
import re
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements.txt"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?:\s*;[^\\]*)?\s*\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def components(text):
    """Each pinned package with its address and the hashes of its files."""
    found = []
    for line in text.splitlines():
        pinned = PINNED.match(line)
        if pinned:
            name, version = pinned.groups()
            purl = f"pkg:pypi/{name.lower()}@{version}"
            found.append(
                {"type": "library", "name": name, "version": version, "purl": purl, "hashes": []}
            )
        elif found:
            found[-1]["hashes"] += [
                {"alg": "SHA-256", "content": each} for each in HASH.findall(line)
            ]
    return found


def inventory(text):
    """The document."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "components": components(text),
    }


if __name__ == "__main__":
    json.dump(inventory(LOCK.read_text(encoding="utf-8")), sys.stdout, indent=1)
    print()
