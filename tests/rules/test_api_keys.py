"""Keys: how they are written, when they open, what they may be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.api.queries.granting import ALLOWED, allowed
from portal.api.rules import keys, once
from portal.api.rules.keys import KeyState, NewKey
from portal.api.rules.operations import OPERATIONS
from portal.api.rules.scopes import SCOPE_WORDS, Scope
from portal.kernel.errors import InvalidMany

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
GOOD = NewKey("WMS", "wms", (Scope.USAGE_WRITE,), date(2026, 12, 31))


def test_a_key_is_taken_apart_as_it_was_put_together():
    key = keys.joined("0123456789ab", "f" * 48)
    assert keys.split(key) == ("0123456789ab", "f" * 48)
    assert key.startswith("portal_") and keys.hint("0123456789ab") == "portal_0123456789ab_…"


@pytest.mark.parametrize(
    "key", ["", "portal_0123456789ab", "portal_0123456789ab_" + "F" * 48, " portal_0123456789ab_" + "f" * 48,
            "portal_0123456789ab_" + "f" * 49, "whsec_0123456789ab_" + "f" * 48],
)  # fmt: skip
def test_what_is_no_key_of_ours_is_not_taken_apart(key):
    assert keys.split(key) is None


def test_only_the_right_secret_fits_its_hash():
    assert keys.is_secret("a", keys.hashed("a")) and not keys.is_secret("b", keys.hashed("a"))


@pytest.mark.parametrize(
    ("expires", "revoked", "state"),
    [(1, None, "active"), (0, None, "expired"), (-1, None, "expired"), (1, NOW, "revoked")],
)
def test_a_key_opens_until_the_instant_of_its_end_unless_it_is_revoked(expires, revoked, state):
    assert keys.state_on(NOW + timedelta(seconds=expires), revoked, NOW) is KeyState(state)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"system": "WMS"}, "system"),
        ({"system": "w"}, "system"),
        ({"system": "storage"}, "system"),
        ({"system": "reversal"}, "system"),
        ({"scopes": ()}, "scopes"),
        ({"expires_on": TODAY - timedelta(days=1)}, "expires_on"),
        ({"expires_on": TODAY + timedelta(days=1099)}, "expires_on"),
    ],
)
def test_a_key_that_cannot_be_is_refused_at_its_field(change, field):
    with pytest.raises(InvalidMany) as refused:
        keys.check(GOOD._replace(**change), TODAY)
    assert list(refused.value.errors) == [field]


def test_a_key_may_end_today_or_in_three_years():
    for day in (TODAY, TODAY + keys.LONGEST_LIFE):
        keys.check(GOOD._replace(expires_on=day), TODAY)


def test_each_scope_has_words_a_right_and_a_call():
    assert set(SCOPE_WORDS) == set(ALLOWED) == set(Scope) == {each.scope for each in OPERATIONS}
    assert allowed([]) == frozenset()


def test_two_calls_are_the_same_by_method_address_and_body():
    same = once.fingerprint("POST", "/usage", b"{}")
    assert same == once.fingerprint("POST", "/usage", b"{}")
    others = [("PUT", "/usage", b"{}"), ("POST", "/receipts", b"{}"), ("POST", "/usage", b"{} ")]
    assert same not in [once.fingerprint(*each) for each in others]


@pytest.mark.parametrize("key", [None, "", "1234567", "a b c d e", "x" * 129, "ключ-ключ"])
def test_a_call_needs_a_key_that_can_be_kept(key):
    with pytest.raises(once.KeyNeeded):
        once.checked(key)
