"""Whose money is this? A bank row's payer found by account, name, or a number in its memo (DOMAIN R8)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.kernel.text import Text, t
from portal.receivables.rules.bank_columns import account_number

_NUMBER = re.compile(r"(?<![A-Z0-9])(?:[A-Z]{2}-\d{4}-(?:\d{2}-)?\d{3,8}|\d{20}|\d{8})(?![A-Z0-9])")
_NOISE = re.compile(r"[\s()（）.,，。·・'\"-]")


class FoundBy(StrEnum):
    """How the payer was found."""

    ACCOUNT = "account"
    NAME = "name"
    SHORT_NAME = "short_name"
    MEMO = "memo"
    PERSON = "person"


FOUND_WORDS: Mapping[FoundBy, Text] = {
    FoundBy.ACCOUNT: t("by bank account"),
    FoundBy.NAME: t("by name"),
    FoundBy.SHORT_NAME: t("by short name"),
    FoundBy.MEMO: t("by a number in the memo"),
    FoundBy.PERSON: t("by a person"),
}


@dataclass(frozen=True, slots=True)
class Payer:
    """A customer as a bank's row may name it."""

    id: int
    names: tuple[str, ...]
    short_name: str = ""
    bank_account: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Whose payment it is, how that was found, and the receivables that the memo names."""

    customer_id: int
    found_by: FoundBy
    receivable_ids: tuple[int, ...] = ()


@dataclass(slots=True)
class Payers:
    """Everybody who may pay, by what their payments are known by."""

    by_account: dict[str, set[int]] = field(default_factory=dict)
    by_name: dict[str, set[int]] = field(default_factory=dict)
    by_short_name: dict[str, set[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, payers: Iterable[Payer]) -> Payers:
        """The customers indexed."""
        found = cls()
        for each in payers:
            for words, index in (
                ((account_number(each.bank_account),), found.by_account),
                (tuple(map(plain_name, each.names)), found.by_name),
                ((plain_name(each.short_name),), found.by_short_name),
            ):
                for word in filter(None, words):
                    index.setdefault(word, set()).add(each.id)
        return found

    def find(
        self, name: str, account: str, memo: str, owners: Mapping[str, tuple[int, int]]
    ) -> Match | None:
        """The one customer that a row is from; None where nobody or several fit, or name and memo disagree.

        `owners`: number → (customer id, receivable id) of the statements and invoices that memos may name.
        """
        named = [owners[number] for number in numbers_in(memo) if number in owners]
        in_memo = {customer_id for customer_id, _ in named}
        for found_by, ids in (
            (FoundBy.ACCOUNT, self.by_account.get(account_number(account), set())),
            (FoundBy.NAME, self.by_name.get(plain_name(name), set())),
            (FoundBy.SHORT_NAME, self.by_short_name.get(plain_name(name), set())),
            (FoundBy.MEMO, in_memo),
        ):
            if not ids:
                continue
            sure = ids & in_memo if in_memo else ids
            if len(sure) != 1:
                return None
            (customer_id,) = sure
            theirs = (receivable for owner, receivable in named if owner == customer_id)
            return Match(customer_id, found_by, tuple(dict.fromkeys(theirs)))
        return None


def plain_name(name: str) -> str:
    """A name without width, case, blanks and punctuation, so that spellings compare equal."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).casefold()


def numbers_in(memo: str) -> tuple[str, ...]:
    """What looks like a statement's or an invoice's number in a memo, in its order."""
    return tuple(dict.fromkeys(_NUMBER.findall(unicodedata.normalize("NFKC", memo).upper())))
