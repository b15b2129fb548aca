"""Unified social credit codes of Chinese organisations (统一社会信用代码, GB 32100-2015)."""

from __future__ import annotations

from stdnum.cn import uscc

from portal.kernel.errors import Invalid
from portal.kernel.pinyin import normalise
from portal.kernel.text import Text, t

LENGTH = 18
_ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")


def clean_credit_code(text: str) -> str:
    """The code as it is stored: 18 capitals and digits; full-width, blanks and dashes are put right.

    Raises `Invalid` with the reason when it is no credit code.
    """
    problem = credit_code_problem(text)
    if problem is not None:
        raise Invalid(problem)
    return _compact(text)


def credit_code_problem(text: str) -> Text | None:
    """Why `text` is not a credit code, or None when it is one."""
    code = _compact(text)
    if len(code) != LENGTH:
        return t(
            "A credit code has %(length)s characters; this one has %(found)s.",
            length=LENGTH,
            found=len(code),
        )
    strange = sorted(set(code) - _ALPHABET)
    if strange:
        return t(
            "A credit code holds digits and capitals without I, O, S, V and Z; found: %(found)s.",
            found=" ".join(strange),
        )
    # The first two name registry and kind of organisation and may be letters (N for co-operatives,
    # Y for others), which stdnum's own validate() refuses; its check digit is what we need.
    if not code[2:8].isdigit():
        return t("The third to eighth characters of a credit code are the digits of a division.")
    if code[-1] != uscc.calc_check_digit(code[:-1]):
        return t("The last character of the credit code does not fit the others: look for a slip.")
    return None


def _compact(text: str) -> str:
    return normalise(text).replace(" ", "").replace("-", "").upper()
