"""What makes a password too weak: length, the lists every attacker starts with, one's own name.

Length counts more than character classes (NIST SP 800-63B 5.1.1.2), so nothing else is demanded. Ten letters are two
more than ASVS 5.0 V6.2.1 asks for. `common_passwords.txt.gz` is made of SecLists' xato-net-10-million-passwords (Mark
Burnett, sorted by how often they were found; MIT licence): the 6,000 commonest of ten characters or more, and, so that
"sunshine2026!" is refused too, the plain words among the 10,000 commonest. `_LISTED` adds what is usual in China.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from portal.kernel.text import Text, t

MIN_LENGTH = 10
MAX_LENGTH = 128
MOST_TRIMMINGS = 8
"""So many figures and signs around a common word, a date for example, do not make a password of it."""
_LISTED = """
1234567890 0123456789 0987654321 1234512345 1122334455 1111111111 0000000000 9876543210
12345678910 123456789a a123456789 1234567890a 123456789q q123456789 abc1234567 abcd123456
123123123123 112233445566 147258369 1472583690 159357159357 5201314520 5201314woaini 1314520520
woaini1314 woaini520 woaini521 woaini5201314 woaini123456 qq123456789 zxcvbnm123 asdfghjkl1
asdfghjkl123 qwertyuiop qwertyuiop1 qwerty12345 qwerty123456 1q2w3e4r5t 1q2w3e4r5t6y qazwsxedc1
qazwsxedcrfv 1qaz2wsx3edc zaq12wsxcde3 password12 password123 password1234 password12345
passw0rd123 p@ssw0rd123 p@ssword123 administrator administrator1 admin12345 admin123456
admin123123 adminadmin letmein123 welcome123 welcome1234 iloveyou123 iloveyou12 changeme123
changeme12 superman123 football123 sunshine123 princess123 michael123 monkey12345 dragon12345
logistics1 logistics123 shanghai123 beijing2008 default123 test123456 testtest123 portal12345
"""
COMMON = frozenset(_LISTED.split())
RUNS = ("0123456789", "9876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def weakness(password: str, *, email: str, name: str) -> Text | None:
    """Why `password` is refused for this person; None when it may be used."""
    if len(password) < MIN_LENGTH:
        return t("Use at least %(count)s characters.", count=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        return t("Use at most %(count)s characters.", count=MAX_LENGTH)
    folded = password.casefold().strip()
    if _is_common(folded) or len(set(folded)) <= 3 or any(folded in run * 2 for run in RUNS):
        return t("This password is among the first that anybody would try. Choose another.")
    if any(own in folded and len(folded) - len(own) < 6 for own in _own_words(email, name)):
        return t("Do not build the password from your name or e-mail address.")
    return None


@cache
def listed() -> frozenset[str]:
    """The commonest passwords and words of passwords, in small letters; read once, when first needed."""
    packed = Path(__file__).with_name("common_passwords.txt.gz").read_bytes()
    return COMMON.union(gzip.decompress(packed).decode("ascii").split())


def _is_common(folded: str) -> bool:
    word = folded
    while word and not word[0].isalpha():
        word = word[1:]
    while word and not word[-1].isalpha():
        word = word[:-1]
    return folded in listed() or (word in listed() and len(folded) - len(word) <= MOST_TRIMMINGS)


def _own_words(email: str, name: str) -> list[str]:
    """Whatever of a person's own is known to everybody, of three letters or more."""
    local, _, domain = email.casefold().partition("@")
    words = [email.casefold(), local, domain, name.casefold(), name.casefold().replace(" ", "")]
    return [word for word in words if len(word) >= 3]
