"""The steps of a working as sentences (DOMAIN P19).

Most are a sentence and the way each of its values is shown; those with a choice are functions.
Values may be Decimals or, read back from storage, their strings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.kernel.money import format_amount, format_money, format_quantity, format_rate
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word

Step = tuple[str, Mapping[str, Any]]
_Values = Mapping[str, Any]
_THREE_PLACES = Decimal("0.001")


def sentences_of(steps: Iterable[Step]) -> tuple[Text, ...]:
    """One sentence for each step."""
    return tuple(_sentence(kind, values) for kind, values in steps)


def _sentence(kind: str, values: _Values) -> Text:
    if kind in _CHOOSING:
        return _CHOOSING[kind](values)
    sentence, shown = _PLAIN[kind]
    return t(sentence.msgid, **{name: show(values[name]) for name, show in shown.items()})


def _number(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(value)


def _quantity(value: Any) -> str:
    return format_quantity(_number(value))


def _short(value: Any) -> str:
    """More than three decimals are shown as three (51.667), as waybills do."""
    number = _number(value)
    shorter = number.quantize(_THREE_PLACES, ROUND_HALF_UP)
    if len(str(number)) <= len(str(shorter)):
        return format_quantity(number)
    return format_quantity(shorter).rstrip("0").rstrip(".")


def _rate(value: Any) -> str:
    """A rate, or an amount before rounding: at least two decimals, no idle zeros."""
    return format_rate(_number(value))


def _slashed(amounts: Iterable[Any]) -> str:
    return " / ".join(_rate(amount) for amount in amounts)


def _arrow(*stages: Any) -> str:
    """51.667→52.0: each stage that changed something."""
    numbers = [_number(stage) for stage in stages if stage is not None]
    changed = [each for at, each in enumerate(numbers) if at == 0 or each != numbers[at - 1]]
    return "→".join(map(_short, changed))


def _weights(v: _Values) -> Text:
    return t(
        "Gross %(gross)s kg; volume %(m3)s m³ at %(divisor)s cm³ per kg = %(volume)s kg; "
        "charged on %(charged)s kg",
        gross=_arrow(v["gross"], v.get("gross_rounded")),
        m3=_short(_number(v["cm3"]).scaleb(-6)),
        divisor=_quantity(v["divisor"]),
        volume=_arrow(v["volume_weight"], v.get("shared"), v.get("volume_rounded")),
        charged=_short(v["charged"]),
    )


def _band(v: _Values) -> Text:
    parts: dict[str, Any] = {"quantity": _short(v["quantity"]), "unit": unit_word(v["unit"])}
    parts["over"] = _quantity(v["over"])
    if v["up_to"] is not None:
        parts["up_to"] = _quantity(v["up_to"])
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
    amount = _rate(v["amount"])
    if v["rate"] is None:
        return t("One amount for the band: %(amount)s", amount=amount)
    parts = {"quantity": _short(v["quantity"]), "rate": _rate(v["rate"]), "amount": amount}
    if _number(v["beyond"]):
        if _number(v["quantity"]) <= _number(v["beyond"]):
            return t("Up to %(beyond)s: %(amount)s", beyond=_quantity(v["beyond"]), amount=amount)
        parts["beyond"] = _quantity(v["beyond"])
        parts["flat"] = _rate(v["flat"] or 0)
        return t("%(flat)s + (%(quantity)s − %(beyond)s) × %(rate)s = %(amount)s", **parts)
    if v["flat"] is not None:
        parts["flat"] = _rate(v["flat"])
        return t("%(flat)s + %(quantity)s × %(rate)s = %(amount)s", **parts)
    return t("%(quantity)s × %(rate)s = %(amount)s", **parts)


def _part(v: _Values) -> Text:
    parts = {"over": _quantity(v["over"]), "to": _short(v["to"]), "amount": _rate(v["amount"])}
    if v["rate"] is None:
        return t("From %(over)s to %(to)s: %(amount)s", **parts)
    parts["quantity"], parts["rate"] = _short(v["quantity"]), _rate(v["rate"])
    if v["flat"] is None:
        return t("From %(over)s to %(to)s: %(quantity)s × %(rate)s = %(amount)s", **parts)
    parts["flat"] = _rate(v["flat"])
    return t("From %(over)s to %(to)s: %(flat)s + %(quantity)s × %(rate)s = %(amount)s", **parts)


def _percent(v: _Values) -> Text:
    return t(
        "%(percent)s %% of %(base)s (%(codes)s) = %(amount)s",
        percent=_rate(v["percent"]),
        base=format_money(_number(v["base"]), v["currency"]),
        codes=" + ".join(v["codes"]),
        amount=_rate(v["amount"]),
    )


def _discount(v: _Values) -> Text:
    amount = format_amount(_number(v["amount"]), v["currency"])
    return t(
        "Less %(percent)s %% discount: −%(amount)s", percent=_rate(v["percent"]), amount=amount
    )


def _money(v: _Values) -> Text:
    return t("Rounded: %(amount)s", amount=format_money(_number(v["amount"]), v["currency"]))


_CHOOSING: dict[str, Callable[[_Values], Text]] = {
    "weights": _weights,
    "band": _band,
    "band_amount": _band_amount,
    "part": _part,
    "percent": _percent,
    "discount": _discount,
    "money": _money,
}

_PLAIN: dict[str, tuple[Text, Mapping[str, Callable[[Any], Any]]]] = {
    "source": (t("Price line %(source)s"), {"source": str}),
    "at_cost": (t("Charged at cost, with the receipt"), {}),
    "gross": (t("Gross weight %(gross)s kg"), {"gross": _quantity}),
    "volume": (t("Volume %(volume)s m³"), {"volume": _short}),
    "counted": (t("Quantity %(quantity)s × %(unit)s"), {"quantity": _quantity, "unit": unit_word}),
    "same_as": (
        t("Quantity %(quantity)s, as charged for %(code)s"),
        {"quantity": _quantity, "code": str},
    ),
    "by_piece": (
        t("Chargeable weight of %(pieces)s pieces, each on its own: %(charged)s kg"),
        {"pieces": str, "charged": _short},
    ),
    "revenue_tons": (
        t("Weight %(gross)s kg = %(tons)s; volume %(volume)s m³; revenue tons %(charged)s"),
        {"gross": _quantity, "tons": _quantity, "volume": _quantity, "charged": _quantity},
    ),
    "rounded": (
        t("Rounded from %(before)s to %(after)s (step %(step)s)"),
        {"before": _short, "after": _quantity, "step": _quantity},
    ),
    "free": (
        t("Free of charge: %(free)s; left: %(left)s"),
        {"free": _quantity, "left": _quantity},
    ),
    "minimum_quantity": (
        t("%(before)s is raised to the minimum quantity %(after)s"),
        {"before": _quantity, "after": _quantity},
    ),
    "product": (
        t("%(quantity)s %(unit)s × %(rate)s = %(amount)s"),
        {"quantity": _short, "unit": unit_word, "rate": _rate, "amount": _rate},
    ),
    "flat": (t("One amount for the shipment: %(amount)s"), {"amount": _rate}),
    "band_minimum": (t("Raised to the band's minimum %(minimum)s"), {"minimum": _rate}),
    "step_up": (
        t("Charged as %(quantity)s %(unit)s of a higher band: %(amount)s instead of %(own)s"),
        {"quantity": _quantity, "unit": unit_word, "amount": _rate, "own": _rate},
    ),
    "no_step_up": (
        t("As %(quantity)s %(unit)s of a higher band it would cost %(amount)s"),
        {"quantity": _quantity, "unit": unit_word, "amount": _rate},
    ),
    "first": (t("First %(first)s: %(amount)s"), {"first": _quantity, "amount": _rate}),
    "continued": (
        t("Continued %(count)s × %(step)s: %(count)s × %(each)s = %(amount)s"),
        {"count": _quantity, "step": _quantity, "each": _rate, "amount": _rate},
    ),
    "commission": (t("Commission added: %(amount)s"), {"amount": _rate}),
    "contained_commission": (t("Commission contained: %(amount)s"), {"amount": _rate}),
    "each": (
        t("For each of %(times)s × %(unit)s: %(amount)s"),
        {"times": _quantity, "unit": unit_word, "amount": _rate},
    ),
    "largest": (
        t("The largest of %(amounts)s: %(amount)s"),
        {"amounts": _slashed, "amount": _rate},
    ),
    "minimum": (
        t("%(amount)s is raised to the minimum %(minimum)s"),
        {"amount": _rate, "minimum": _rate},
    ),
    "maximum": (
        t("%(amount)s is limited to the maximum %(maximum)s"),
        {"amount": _rate, "maximum": _rate},
    ),
}
