"""Which customers are likely to be one: reasons with points, found among neighbours only, so that many take seconds.

Who is compared with whom: `blocking`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import InitVar, dataclass
from enum import StrEnum

from portal.customers.rules.naming import name_core
from portal.intake.rules.blocking import Blocks, Key, ranks
from portal.intake.rules.spelling import edits
from portal.kernel.phones import stored_keys
from portal.kernel.pinyin import initials, is_chinese, joined
from portal.kernel.text import Text, t

LIKELY = 45
"""Points from which two customers are shown as a pair."""
IN_ORDER = ("begins", "ends", "name")
"""Kinds of keys whose large blocks are looked through in the order of names."""
SHORTEST_CORE = 2
EDGE = 3


class Reason(StrEnum):
    """Why two customers may be one."""

    CODE = "code"
    NAME = "name"
    READING = "reading"
    NEAR_NAME = "near_name"
    PART_OF_NAME = "part_of_name"
    INITIALS = "initials"
    PHONE = "phone"
    MAIL = "mail"
    MAIL_DOMAIN = "mail_domain"
    BANK_ACCOUNT = "bank_account"


POINTS: Mapping[Reason, int] = {
    Reason.CODE: 80,
    Reason.NAME: 60,
    Reason.READING: 50,
    Reason.NEAR_NAME: 45,
    Reason.PART_OF_NAME: 25,
    Reason.INITIALS: 15,
    Reason.PHONE: 45,
    Reason.MAIL: 45,
    Reason.MAIL_DOMAIN: 25,
    Reason.BANK_ACCOUNT: 60,
}
REASONS: Mapping[str, Text] = {
    Reason.CODE: t("The same credit code or tax number"),
    Reason.NAME: t("The same name without its legal form"),
    Reason.READING: t("The name is read alike (pinyin)"),
    Reason.NEAR_NAME: t("The names differ by a letter or two"),
    Reason.PART_OF_NAME: t("One name is part of the other"),
    Reason.INITIALS: t("The same initials"),
    Reason.PHONE: t("The same telephone number"),
    Reason.MAIL: t("The same mail address of a contact"),
    Reason.MAIL_DOMAIN: t("Contacts with the same mail domain"),
    Reason.BANK_ACCOUNT: t("The same bank account"),
}
NAMING = (Reason.NAME, Reason.READING, Reason.NEAR_NAME, Reason.PART_OF_NAME, Reason.INITIALS)
"""Of these only the strongest counts: they say the same thing."""
_OPEN_DOMAINS = (
    "qq.com vip.qq.com foxmail.com 163.com 126.com yeah.net 139.com 189.cn sina.com sina.cn"
    " sohu.com aliyun.com gmail.com hotmail.com outlook.com live.com yahoo.com icloud.com"
    " me.com gmx.de gmx.net web.de proton.me"
)
OPEN_DOMAINS = frozenset(_OPEN_DOMAINS.split())
"""Domains where anybody has an address."""


@dataclass(slots=True)
class Customer:
    """What is known of one customer that may betray another; small, since all are held at once.

    `family`: its group's id, or its own. Of the names only what they are compared by is kept.
    """

    id: int
    names: InitVar[tuple[str, ...]]
    codes: frozenset[str] = frozenset()
    account: str = ""
    family: int = 0
    phones: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    cores: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    short: tuple[str, ...] = ()

    def __post_init__(self, names: tuple[str, ...]) -> None:
        cores = dict.fromkeys(filter(None, map(name_core, names)))
        self.cores = tuple(cores)
        self.readings = tuple(dict.fromkeys(map(joined, cores)))
        chinese = (initials(core) for core in cores if is_chinese(core))
        latin = (core for core in cores if not is_chinese(core) and len(core) <= 6)
        short = (each for each in (*chinese, *latin) if len(each) > SHORTEST_CORE)
        self.short = tuple(dict.fromkeys(short))

    def reached_by(self, phone: str, mail: str) -> None:
        """A telephone field and a mail address of the customer or of somebody there."""
        keys = (key for key in stored_keys(phone) if len(key) > 6)
        self.phones = tuple(dict.fromkeys((*self.phones, *keys)))
        if mail:
            self.mails = tuple(dict.fromkeys((*self.mails, mail.lower())))

    @property
    def domains(self) -> tuple[str, ...]:
        """The mail domains of its people that are a firm's own."""
        found = dict.fromkeys(mail.rpartition("@")[2] for mail in self.mails)
        return tuple(each for each in found if each not in OPEN_DOMAINS)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two customers and why they may be one; the one taken in first is `first`."""

    first: int
    second: int
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> int:
        """Points of the reasons, at most 100."""
        naming = [POINTS[each] for each in self.reasons if each in NAMING]
        others = [POINTS[each] for each in self.reasons if each not in NAMING]
        return min(100, max(naming, default=0) + sum(others))


def likely_pairs(customers: Iterable[Customer]) -> Iterator[Pair]:
    """Every pair that is likely enough, each once; the older of the two first."""
    known = sorted(customers, key=lambda each: each.id)
    blocks = Blocks(IN_ORDER)
    for each in known:
        blocks.add(_keys(each))
    orders = (
        ranks(len(known), lambda place: known[place].cores),
        ranks(len(known), lambda place: tuple(core[::-1] for core in known[place].cores)),
    )
    for first, second in blocks.pairs(orders):
        pair = compared(known[first], known[second])
        if pair is not None:
            yield pair


def compared(first: Customer, second: Customer) -> Pair | None:
    """Why two customers may be one; None where that is not likely, or where they are of one group."""
    if first.id == second.id or first.family == second.family:
        return None
    pair = Pair(first.id, second.id, tuple(_reasons(first, second)))
    return pair if pair.score >= LIKELY else None


def _reasons(one: Customer, other: Customer) -> Iterator[Reason]:
    if not one.codes.isdisjoint(other.codes):
        yield Reason.CODE
    name = _naming(one, other)
    if name is not None:
        yield name
    if _share(one.phones, other.phones):
        yield Reason.PHONE
    if _share(one.mails, other.mails):
        yield Reason.MAIL
    elif one.mails and other.mails and _share(one.domains, other.domains):
        yield Reason.MAIL_DOMAIN
    if one.account and one.account == other.account:
        yield Reason.BANK_ACCOUNT


def _share(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether something stands in both; each holds a few."""
    return any(each in other for each in one)


def _naming(one: Customer, other: Customer) -> Reason | None:
    """The strongest thing that the names say."""
    if _share(one.cores, other.cores):
        return Reason.NAME
    if _share(one.readings, other.readings):
        return Reason.READING
    if any(_near(a, b) for a in one.cores for b in other.cores):
        return Reason.NEAR_NAME
    if any(_part(a, b) for a in one.cores for b in other.cores):
        return Reason.PART_OF_NAME
    return Reason.INITIALS if _share(one.short, other.short) else None


def _near(one: str, other: str) -> bool:
    """One slip in a Chinese name of eight characters, in another one of six letters; two in twelve and more.

    In a shorter Chinese name another character is another firm, unless it is read alike.
    """
    shorter = min(len(one), len(other))
    most = 0 if shorter < 6 else 1 if shorter < 12 else 2
    if not most or abs(len(one) - len(other)) > most or len(set(one) ^ set(other)) > 2 * most:
        return False
    if shorter < 8 and is_chinese(one + other):
        return False
    return edits(one, other, most) <= most


def _part(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) > SHORTEST_CORE and shorter in longer and 2 * len(shorter) > len(longer)


def _keys(each: Customer) -> Iterator[Key]:
    for core in each.cores:
        if len(core) >= SHORTEST_CORE:
            yield "begins", core[:EDGE]
            yield "ends", core[-EDGE:]
    for reading in each.readings:
        yield "name", reading
    yield from (("short", word) for word in each.short)
    yield from (("code", code) for code in each.codes)
    yield from (("phone", key) for key in each.phones)
    yield from (("mail", mail) for mail in each.mails)
    yield from (("domain", domain) for domain in each.domains)
    if each.account:
        yield "account", each.account
