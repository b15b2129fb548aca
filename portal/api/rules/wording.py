"""What a shape is, in words for people who read the page of the description."""

from __future__ import annotations

from portal.api.rules.records import Listed, Record
from portal.api.rules.shapes import (  # fmt: skip
    Count,
    Day,
    Decimals,
    Flag,
    Instant,
    Maybe,
    Money,
    OneOf,
    Shape,
    Words,
)
from portal.kernel.text import Text, t


def shape_words(shape: Shape) -> Text:
    """What is written there."""
    if isinstance(shape, Maybe):
        return t("%(what)s, or null", what=shape_words(shape.of))
    if isinstance(shape, Listed):
        return t("list: %(what)s", what=shape_words(shape.of))
    if isinstance(shape, Record):
        return Text(shape.name)
    if isinstance(shape, OneOf):
        return Text(" | ".join(shape.words))
    if isinstance(shape, Words):
        return _of_words(shape)
    return _of_figure(shape)


def inner(shape: Shape) -> Record | None:
    """The record inside a shape, where there is one."""
    if isinstance(shape, Record):
        return shape
    return inner(shape.of) if isinstance(shape, Maybe | Listed) else None


def _of_words(shape: Words) -> Text:
    if shape.most is None:
        return t("text")
    return t("text, at most %(most)s characters", most=shape.most)


def _of_figure(shape: Shape) -> Text:
    if isinstance(shape, Money):
        return t("amount in a string, such as “1482.00”")
    if isinstance(shape, Decimals):
        return t("decimal number in a string")
    words = {Day: t("day"), Instant: t("moment"), Flag: t("true or false"), Count: t("whole number")}  # fmt: skip
    return words[type(shape)]
