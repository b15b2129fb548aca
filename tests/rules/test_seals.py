"""Digests that stand in for what left an entry of the history."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.db import seals

PLAIN = {"event": "contact.changed"}
VALUES = st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=8), min_size=1)


def test_leaves_are_the_fields_of_both_sides_with_actor_and_reason() -> None:
    found = seals.leaves("Li", None, {"name": "A"}, ["B"])
    assert found == {"actor": "Li", "reason": None, "before.name": "A", "after": ["B"]}


def test_the_same_words_have_another_digest_in_every_entry() -> None:
    values = seals.leaves("Li", None, None, None)
    one, other = (seals.digests(seals.new_seed(), None, values) for _ in range(2))
    assert one["actor"] != other["actor"]


@given(VALUES, st.data())
def test_whatever_leaves_the_hash_stays(fields: dict[str, Any], data: st.DataObject) -> None:
    values, seed = seals.leaves("Li", "why", None, fields), seals.new_seed()
    before = seals.chained("0", PLAIN, seals.digests(seed, None, values))
    first, second = (data.draw(st.sets(st.sampled_from(sorted(values)))) for _ in range(2))
    veil = seals.veiled(seed, None, values, first)
    read = values | dict.fromkeys(first, "***")
    assert seals.chained("0", PLAIN, seals.digests(None, veil, read)) == before
    again = seals.veiled(None, veil, read, second)
    read |= dict.fromkeys(second, "***")
    assert seals.chained("0", PLAIN, seals.digests(None, again, read)) == before


def test_a_leaf_that_stayed_cannot_be_changed_behind_the_veil() -> None:
    values, seed = seals.leaves("Li", "why", None, {"amount": "5"}), seals.new_seed()
    before = seals.digests(seed, None, values)
    veil = seals.veiled(seed, None, values, ["actor"])
    forged = values | {"actor": "***", "after.amount": "6"}
    assert seals.digests(None, veil, forged)["after.amount"] != before["after.amount"]


def test_the_veil_keeps_no_salt_of_what_left() -> None:
    values = seals.leaves("Li", None, None, {"name": "Wang"})
    veil = seals.veiled(seals.new_seed(), None, values, ["after.name"])
    assert set(veil["salts"]) == {"actor", "reason"} and set(veil["digests"]) == {"after.name"}
