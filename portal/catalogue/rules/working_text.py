"""The steps of a working as sentences (DOMAIN P19).

Most are a sentence and the way each of its values is shown; those with a choice are functions.
Values may be Decimals or, read back from storage, their strings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from portal.catalogue.rules.working_figures import (
    number,
    show_quantity,
    show_rate,
    show_short,
)
from portal.catalogue.rules.working_storage import STORAGE_SENTENCES
from portal.kernel.money import format_amount, format_money
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word

Step = tuple[str, Mapping[str, Any]]
_Values = Mapping[str, Any]


def sentences_of(steps: Iterable[Step]) -> tuple[Text, ...]:
    """One sentence for each step."""
    return tuple(_sentence(kind, values) for kind, values in steps)


def _sentence(kind: str, values: _Values) -> Text:
    if kind in _CHOOSING:
        return _CHOOSING[kind](values)
    sentence, shown = _PLAIN[kind]
    return t(sentence.msgid, **{name: show(values[name]) for name, show in shown.items()})


def _slashed(amounts: Iterable[Any]) -> str:
    return " / ".join(show_rate(amount) for amount in amounts)


def _arrow(*stages: Any) -> str:
    """51.667→52.0: each stage that changed something."""
    numbers = [number(stage) for stage in stages if stage is not None]
    changed = [each for at, each in enumerate(numbers) if at == 0 or each != numbers[at - 1]]
    return "→".join(map(show_short, changed))


def _weights(v: _Values) -> Text:
    return t(
        "Gross %(gross)s kg; volume %(m3)s m³ at %(divisor)s cm³ per kg = %(volume)s kg; "
        "charged on %(charged)s kg",
        gross=_arrow(v["gross"], v.get("gross_rounded")),
        m3=show_short(number(v["cm3"]).scaleb(-6)),
        divisor=show_quantity(v["divisor"]),
        volume=_arrow(v["volume_weight"], v.get("shared"), v.get("volume_rounded")),
        charged=show_short(v["charged"]),
    )


def _band(v: _Values) -> Text:
    parts: dict[str, Any] = {"quantity": show_short(v["quantity"]), "unit": unit_word(v["unit"])}
    parts["over"] = show_quantity(v["over"])
    if v["up_to"] is not None:
        parts["up_to"] = show_quantity(v["up_to"])
    kind = v["bound"], v["up_to"] is not None
    return t(_BANDS[kind].msgid, **parts)


_BANDS = {
    ("over", True): t("%(quantity)s %(unit)s: band over %(over)s up to %(up_to)s"),
    ("over", False): t("%(quantity)s %(unit)s: band over %(over)s"),
    ("from", True): t("%(quantity)s %(unit)s: band from %(over)s to under %(up_to)s"),
    ("from", False): t("%(quantity)s %(unit)s: band from %(over)s"),
    ("within", True): t("%(quantity)s %(unit)s: band from %(over)s to %(up_to)s"),
    ("within", False): t("%(quantity)s %(unit)s: band from %(over)s"),
}


def _band_amount(v: _Values) -> Text:
    amount = show_rate(v["amount"])
    if v["rate"] is None:
        return t("One amount for the band: %(amount)s", amount=amount)
    parts = {"quantity": show_short(v["quantity"]), "rate": show_rate(v["rate"]), "amount": amount}
    if number(v["beyond"]):
        if number(v["quantity"]) <= number(v["beyond"]):
            return t(
                "Up to %(beyond)s: %(amount)s", beyond=show_quantity(v["beyond"]), amount=amount
            )
        parts["beyond"] = show_quantity(v["beyond"])
        parts["flat"] = show_rate(v["flat"] or 0)
        return t("%(flat)s + (%(quantity)s − %(beyond)s) × %(rate)s = %(amount)s", **parts)
    if v["flat"] is not None:
        parts["flat"] = show_rate(v["flat"])
        return t("%(flat)s + %(quantity)s × %(rate)s = %(amount)s", **parts)
    return t("%(quantity)s × %(rate)s = %(amount)s", **parts)


def _part(v: _Values) -> Text:
    parts = {
        "over": show_quantity(v["over"]),
        "to": show_short(v["to"]),
        "amount": show_rate(v["amount"]),
    }
    if v["rate"] is None:
        return t("From %(over)s to %(to)s: %(amount)s", **parts)
    parts["quantity"], parts["rate"] = show_short(v["quantity"]), show_rate(v["rate"])
    if v["flat"] is None:
        return t("From %(over)s to %(to)s: %(quantity)s × %(rate)s = %(amount)s", **parts)
    parts["flat"] = show_rate(v["flat"])
    return t("From %(over)s to %(to)s: %(flat)s + %(quantity)s × %(rate)s = %(amount)s", **parts)


def _percent(v: _Values) -> Text:
    return t(
        "%(percent)s %% of %(base)s (%(codes)s) = %(amount)s",
        percent=show_rate(v["percent"]),
        base=format_money(number(v["base"]), v["currency"]),
        codes=" + ".join(v["codes"]),
        amount=show_rate(v["amount"]),
    )


def _discount(v: _Values) -> Text:
    amount = format_amount(number(v["amount"]), v["currency"])
    return t(
        "Less %(percent)s %% discount: −%(amount)s", percent=show_rate(v["percent"]), amount=amount
    )


def _money(v: _Values) -> Text:
    return t("Rounded: %(amount)s", amount=format_money(number(v["amount"]), v["currency"]))


_CHOOSING: dict[str, Callable[[_Values], Text]] = {
    "weights": _weights,
    "band": _band,
    "band_amount": _band_amount,
    "part": _part,
    "percent": _percent,
    "discount": _discount,
    "money": _money,
    **STORAGE_SENTENCES,
}

_PLAIN: dict[str, tuple[Text, Mapping[str, Callable[[Any], Any]]]] = {
    "source": (t("Price line %(source)s"), {"source": str}),
    "at_cost": (t("Charged at cost, with the receipt"), {}),
    "gross": (t("Gross weight %(gross)s kg"), {"gross": show_quantity}),
    "volume": (t("Volume %(volume)s m³"), {"volume": show_short}),
    "counted": (
        t("Quantity: %(quantity)s %(unit)s"),
        {"quantity": show_quantity, "unit": unit_word},
    ),
    "same_as": (
        t("Quantity %(quantity)s, as charged for %(code)s"),
        {"quantity": show_quantity, "code": str},
    ),
    "by_piece": (
        t("Chargeable weight of %(pieces)s pieces, each on its own: %(charged)s kg"),
        {"pieces": str, "charged": show_short},
    ),
    "revenue_tons": (
        t("Weight %(gross)s kg = %(tons)s; volume %(volume)s m³; revenue tons %(charged)s"),
        {
            "gross": show_quantity,
            "tons": show_quantity,
            "volume": show_quantity,
            "charged": show_quantity,
        },
    ),
    "rounded": (
        t("Rounded from %(before)s to %(after)s (step %(step)s)"),
        {"before": show_short, "after": show_quantity, "step": show_quantity},
    ),
    "free": (
        t("Free of charge: %(free)s; left: %(left)s"),
        {"free": show_quantity, "left": show_quantity},
    ),
    "minimum_quantity": (
        t("%(before)s is raised to the minimum quantity %(after)s"),
        {"before": show_quantity, "after": show_quantity},
    ),
    "product": (
        t("%(quantity)s %(unit)s × %(rate)s = %(amount)s"),
        {"quantity": show_short, "unit": unit_word, "rate": show_rate, "amount": show_rate},
    ),
    "flat": (t("One amount for the shipment: %(amount)s"), {"amount": show_rate}),
    "band_minimum": (t("Raised to the band's minimum %(minimum)s"), {"minimum": show_rate}),
    "step_up": (
        t("Charged as %(quantity)s %(unit)s of a higher band: %(amount)s instead of %(own)s"),
        {"quantity": show_quantity, "unit": unit_word, "amount": show_rate, "own": show_rate},
    ),
    "no_step_up": (
        t("As %(quantity)s %(unit)s of a higher band it would cost %(amount)s"),
        {"quantity": show_quantity, "unit": unit_word, "amount": show_rate},
    ),
    "first": (t("First %(first)s: %(amount)s"), {"first": show_quantity, "amount": show_rate}),
    "continued": (
        t("Continued %(count)s × %(step)s: %(count)s × %(each)s = %(amount)s"),
        {"count": show_quantity, "step": show_quantity, "each": show_rate, "amount": show_rate},
    ),
    "commission": (t("Commission added: %(amount)s"), {"amount": show_rate}),
    "contained_commission": (t("Commission contained: %(amount)s"), {"amount": show_rate}),
    "each": (
        t("For each of %(times)s × %(unit)s: %(amount)s"),
        {"times": show_quantity, "unit": unit_word, "amount": show_rate},
    ),
    "largest": (
        t("The largest of %(amounts)s: %(amount)s"),
        {"amounts": _slashed, "amount": show_rate},
    ),
    "minimum": (
        t("%(amount)s is raised to the minimum %(minimum)s"),
        {"amount": show_rate, "minimum": show_rate},
    ),
    "maximum": (
        t("%(amount)s is limited to the maximum %(maximum)s"),
        {"amount": show_rate, "maximum": show_rate},
    ),
}
