"""How a statement line's figures arose, in sentences: the price's own steps and those of the bill (DOMAIN P19)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.catalogue.rules.working_figures import number, show_exact, show_rate
from portal.catalogue.rules.working_text import sentences_of
from portal.kernel.money import format_amount, format_money
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word

_Values = Mapping[str, Any]


def sentences(working: Iterable[Sequence[Any]]) -> tuple[Text, ...]:
    """One sentence for each step of a line's working, as it was made or as it was stored."""
    return tuple(_sentence(kind, values) for kind, values in working)


def _sentence(kind: str, values: _Values) -> Text:
    own = _BILLING.get(kind)
    return own(values) if own is not None else sentences_of([(kind, values)])[0]


def _overage(v: _Values) -> Text:
    if v["own_price"]:
        return t("Beyond the quantity agreed: the overage price")
    return t("Beyond the quantity agreed: the same price")


def _in_unit(v: _Values) -> Text:
    return t(
        "%(before)s %(unit)s = %(after)s %(into)s",
        before=show_exact(v["before"]),
        unit=unit_word(v["unit"]),
        after=show_exact(v["after"]),
        into=unit_word(v["into"]),
    )


def _conversion(v: _Values) -> Text:
    parts = {
        "amount": format_money(number(v["amount"]), v["currency"]),
        "rate": show_rate(v["rate"]),
        "on": v["on"],
        "converted": format_money(number(v["converted"]), v["into"]),
    }
    if number(v["per"]) != 1:
        return t(
            "%(amount)s × %(rate)s ÷ %(per)s (%(on)s) = %(converted)s",
            per=show_exact(v["per"]),
            **parts,
        )
    return t("%(amount)s × %(rate)s (%(on)s) = %(converted)s", **parts)


def _tax(v: _Values) -> Text:
    label = TaxTerms(TaxKind(v["kind"]), number(v["percent"])).label
    parts = {
        each: format_amount(number(v[each]), v["currency"]) for each in ("net", "tax", "gross")
    }
    if v["kind"] != TaxKind.TAXED:
        return t("%(label)s: %(gross)s", label=label, gross=parts["gross"])
    if v["inclusive"]:
        return t("%(gross)s with %(label)s tax = %(net)s net + %(tax)s tax", label=label, **parts)
    return t("%(net)s net + %(label)s tax %(tax)s = %(gross)s", label=label, **parts)


def _reversal(v: _Values) -> Text:
    parts = {each: show_rate(v[each]) for each in ("net", "tax")}
    if not v["line"]:
        return t("Negative copy of an earlier line: net %(net)s, tax %(tax)s", **parts)
    return t("Negative copy of line %(line)s: net %(net)s, tax %(tax)s", line=v["line"], **parts)


def _credit(v: _Values) -> Text:
    return t("Credit %(number)s: %(reason)s", number=v["number"], reason=v["reason"])


def _fee_share(v: _Values) -> Text:
    return t(
        "%(days)s of %(of)s days: %(amount)s",
        days=v["days"],
        of=v["of"],
        amount=format_amount(number(v["amount"]), v["currency"]),
    )


def _committed(v: _Values) -> Text:
    return t(
        "Committed %(committed)s %(unit)s, used %(used)s: %(missing)s not used",
        committed=show_exact(v["committed"]),
        unit=unit_word(v["unit"]),
        used=show_exact(v["used"]),
        missing=show_exact(v["missing"]),
    )


def _committed_share(v: _Values) -> Text:
    return t(
        "In force on %(days)s of %(of)s days: committed %(committed)s of %(whole)s",
        days=v["days"],
        of=v["of"],
        committed=show_exact(v["committed"]),
        whole=show_exact(v["whole"]),
    )


def _true_up(v: _Values) -> Text:
    return t(
        "%(quantity)s %(unit)s were billed as overage for %(billed)s and were none: %(due)s is due",
        quantity=show_exact(v["quantity"]),
        unit=unit_word(v["unit"]),
        billed=format_amount(number(v["billed"]), v["currency"]),
        due=format_amount(number(v["due"]), v["currency"]),
    )


def _late(v: _Values) -> Text:
    return t(
        "%(starts)s to %(ends)s: %(balance)s overdue × %(days)s days × %(percent)s %%",
        starts=v["starts"],
        ends=v["ends"],
        balance=format_money(number(v["balance"]), v["currency"]),
        days=v["days"],
        percent=show_rate(v["percent"]),
    )


def _corrected(v: _Values) -> Text:
    return t("Put right by hand: %(reason)s", reason=v["reason"])


_BILLING: dict[str, Callable[[_Values], Text]] = {
    "corrected": _corrected,
    "overage": _overage,
    "in_unit": _in_unit,
    "conversion": _conversion,
    "tax": _tax,
    "reversal": _reversal,
    "credit": _credit,
    "fee_share": _fee_share,
    "committed": _committed,
    "committed_share": _committed_share,
    "true_up": _true_up,
    "late": _late,
}
