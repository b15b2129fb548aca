"""What the chain of hashes covers of an entry, so that a name can leave it while everything else stays proven.

An entry's hash is not taken over its words but over a digest of each of them: who acted, why, and every field of
`before` and `after` is a leaf with a salt of its own. The salts come from the entry's `seed`, 16 random bytes.

To redact a leaf, its value is replaced, its digest kept, and the seed given up for the salts of the leaves that stay.
The entry's hash, and so the whole chain, then verifies as before: the kept digests stand in for what left, all other
leaves still prove themselves. Without its salt a digest tells nothing: a name cannot be found by trying names.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

Leaves = dict[str, Any]
Veil = Mapping[str, Mapping[str, str]]
"""{"salts": path → salt of a leaf that stays, "digests": path → digest of a leaf that left}, in hex."""
ACTOR, REASON = "actor", "reason"
SIDES = ("before", "after")


def new_seed() -> str:
    """16 random bytes in hex."""
    return secrets.token_hex(16)


def canonical(value: Any) -> bytes:
    """The one way in which a value is written for a hash."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode()


def leaves(actor: str, reason: str | None, before: Any, after: Any) -> Leaves:
    """Path → value of everything that may name a person: `actor`, `reason`, `before.<field>`, `after.<field>`."""
    found: Leaves = {ACTOR: actor, REASON: reason}
    for side, value in zip(SIDES, (before, after), strict=True):
        if isinstance(value, Mapping):
            found |= {f"{side}.{name}": each for name, each in value.items()}
        elif value is not None:
            found[side] = value
    return found


def shape(value: Any) -> str:
    """Whether `before` or `after` is there, and in which form: the chain covers that too."""
    return "none" if value is None else "fields" if isinstance(value, Mapping) else "value"


def digests(seed: str | None, veil: Veil | None, values: Leaves) -> dict[str, str]:
    """Path → digest of each leaf; of those that left, the digest that was kept."""
    kept = veil or {"salts": {}, "digests": {}}
    found = dict(kept["digests"])
    for path, value in values.items():
        if path not in found:
            found[path] = _digest(_salt(seed, kept["salts"], path), value)
    return found


def veiled(seed: str | None, veil: Veil | None, values: Leaves, leaving: Iterable[str]) -> Veil:
    """The veil once the leaves `leaving` are gone; `values` are the leaves as they still stand."""
    known = digests(seed, veil, values)
    gone = set(leaving) | set((veil or {}).get("digests", ()))
    salts = (veil or {}).get("salts", {})
    return {
        "salts": {p: _salt(seed, salts, p).hex() for p in values if p not in gone},
        "digests": {path: known[path] for path in sorted(gone)},
    }


def chained(previous: str, plain: Mapping[str, Any], leaf_digests: Mapping[str, str]) -> str:
    """SHA-256 over the entry before, this one's plain facts and the digests of its leaves."""
    covered = canonical({**plain, "leaves": dict(leaf_digests)})
    return hashlib.sha256(previous.encode() + b"\n" + covered).hexdigest()


def _salt(seed: str | None, salts: Mapping[str, str], path: str) -> bytes:
    if seed is not None:
        return hmac.digest(bytes.fromhex(seed), path.encode(), "sha256")
    return bytes.fromhex(salts.get(path, ""))


def _digest(salt: bytes, value: Any) -> str:
    return hmac.digest(salt, canonical(value), "sha256").hex()
