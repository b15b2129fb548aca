"""What a value looks like on the wire, said once: its schema, how it is read, how it is written.

`schema` gives JSON Schema (OpenAPI 3.1), `read` turns JSON into plain values and tells everything that is wrong by its
place, `write` turns plain values into JSON. Money and quantities are decimals in strings, days ISO, instants UTC.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from portal.kernel.text import Text, t

Say = Callable[[Text], str]
Schema = dict[str, Any]
PLAIN = "[^\\u0000-\\u001f\\u007f]*"
"""No control characters: what is written on one line."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


class Wrong(NamedTuple):
    """What is wrong at one place: a JSON pointer into the body, or the name of a parameter."""

    place: str
    detail: Text
    in_body: bool = True


class Shape:
    """A kind of value."""

    example: Any = None

    def schema(self, say: Say) -> Schema:
        """Its JSON Schema."""
        raise TypeError(f"{type(self).__name__} has no schema")

    def read(self, value: Any, at: str, wrong: list[Wrong]) -> Any:
        """The plain value; None, and the reason in `wrong`, where it does not fit."""
        raise TypeError(f"{type(self).__name__} is never read")

    def parse(self, text: str, at: str, wrong: list[Wrong]) -> Any:
        """The plain value of a parameter in an address."""
        return self.read(text, at, wrong)

    def write(self, value: Any, say: Say) -> Any:
        """The value as JSON has it."""
        return value


@dataclass(frozen=True)
class Words(Shape):
    """Text on one line; `pattern` must fit all of it. Without `most` it is only written."""

    most: int | None = None
    least: int = 0
    pattern: str = ""
    example: str = ""

    def schema(self, say: Say) -> Schema:
        """A string within its bounds."""
        if self.most is None:
            return {"type": "string"}
        bounds = {"minLength": self.least, "maxLength": self.most}
        return {"type": "string", **bounds, "pattern": f"^{self.pattern or PLAIN}$"}

    def read(self, value: Any, at: str, wrong: list[Wrong]) -> str | None:
        """The text as it stands."""
        detail = self._problem(value)
        if detail is not None:
            wrong.append(Wrong(at, detail))
            return None
        return str(value)

    def _problem(self, value: Any) -> Text | None:
        if not isinstance(value, str):
            return t("a text is expected")
        if len(value) < self.least:
            return t("at least %(least)s characters", least=self.least)
        if self.most is not None and len(value) > self.most:
            return t("at most %(longest)s characters", longest=self.most)
        if any("\ud800" <= each <= "\udfff" for each in value):
            return t("half a character (a lone surrogate) is no text")
        if not re.fullmatch(self.pattern or PLAIN, value):
            told = self.pattern or t("no control characters")
            return t("the text must fit: %(pattern)s", pattern=told)
        return None


@dataclass(frozen=True)
class Decimals(Shape):
    """A decimal number in a string, so that no machine makes a binary fraction of it."""

    places: int = 6
    whole: int = 11
    signed: bool = False
    example: str = "12.5"

    @property
    def pattern(self) -> str:
        """How it is written."""
        sign = "-?" if self.signed else ""
        return f"{sign}(0|[1-9][0-9]{{0,{self.whole - 1}}})(\\.[0-9]{{1,{self.places}}})?"

    def schema(self, say: Say) -> Schema:
        """A string of digits."""
        return {"type": "string", "format": "decimal", "pattern": f"^{self.pattern}$"}

    def read(self, value: Any, at: str, wrong: list[Wrong]) -> Decimal | None:
        """The exact number."""
        if isinstance(value, str) and re.fullmatch(self.pattern, value):
            return Decimal(value)
        like = t("a decimal number in a string, such as “%(example)s”", example=self.example)
        wrong.append(Wrong(at, like))
        return None

    def write(self, value: Decimal, say: Say) -> str:
        """Without zeros that say nothing, but for those of whole cents."""
        return f"{value:f}".rstrip("0").rstrip(".") if value % 1 else f"{int(value)}"


@dataclass(frozen=True)
class Money(Decimals):
    """An amount: at least two places when written, three for currencies that have them."""

    places: int = 3
    example: str = "1482.00"

    def write(self, value: Decimal, say: Say) -> str:
        """With two places, or three where the third says something."""
        return f"{value:.3f}" if (value * 100) % 1 else f"{value:.2f}"


@dataclass(frozen=True)
class Day(Shape):
    """A business day."""

    example: str = "2026-03-02"

    def schema(self, say: Say) -> Schema:
        """A string with an ISO date."""
        return {"type": "string", "format": "date"}

    def read(self, value: Any, at: str, wrong: list[Wrong]) -> date | None:
        """The day."""
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        wrong.append(Wrong(at, t("a day such as 2026-03-02")))
        return None

    def write(self, value: date, say: Say) -> str:
        """ISO 8601."""
        return value.isoformat()


@dataclass(frozen=True)
class Instant(Shape):
    """A moment: read with its offset, written in UTC."""

    example: str = "2026-03-02T02:00:00Z"

    def schema(self, say: Say) -> Schema:
        """A string with an RFC 3339 date-time."""
        return {"type": "string", "format": "date-time"}

    def read(self, value: Any, at: str, wrong: list[Wrong]) -> datetime | None:
        """The moment, aware, in UTC."""
        try:
            met = _INSTANT.fullmatch(value) if isinstance(value, str) else None
            if met is not None:
                day, clock, fraction, offset = met.groups()
                zone = "+00:00" if offset in "Zz" else offset
                text = f"{day}T{clock}{(fraction or '')[:7]}{zone}"
                return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        wrong.append(
            Wrong(at, t("a moment with its offset, such as 2026-03-02T10:00:00+08:00 or …Z"))
        )
        return None

    def write(self, value: datetime, say: Say) -> str:
        """RFC 3339 in UTC, to the second."""
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Flag(Shape):
    """Yes or no."""

    example: bool = True

    def schema(self, say: Say) -> Schema:
        """A boolean."""
        return {"type": "boolean"}

    def read(self, value: Any, at: str, wrong: list[Wrong]) -> bool | None:
        """True or False."""
        if isinstance(value, bool):
            return value
        wrong.append(Wrong(at, t("true or false")))
        return None

    def parse(self, text: str, at: str, wrong: list[Wrong]) -> bool | None:
        """The same from a word."""
        return self.read({"true": True, "false": False}.get(text), at, wrong)


@dataclass(frozen=True)
class Count(Shape):
    """A whole number."""

    least: int = 0
    most: int | None = None
    example: int = 1

    def schema(self, say: Say) -> Schema:
        """An integer within its bounds."""
        found: Schema = {"type": "integer", "minimum": self.least}
        return found if self.most is None else {**found, "maximum": self.most}

    def read(self, value: Any, at: str, wrong: list[Wrong]) -> int | None:
        """The number."""
        if isinstance(value, int) and not isinstance(value, bool) and self._fits(value):
            return value
        bounds = {"least": self.least, "most": self.most or "…"}
        wrong.append(Wrong(at, t("a whole number from %(least)s to %(most)s", **bounds)))
        return None

    def parse(self, text: str, at: str, wrong: list[Wrong]) -> int | None:
        """The same from digits."""
        return self.read(int(text) if re.fullmatch("[0-9]{1,12}", text) else None, at, wrong)

    def _fits(self, number: int) -> bool:
        return number >= self.least and (self.most is None or number <= self.most)


@dataclass(frozen=True)
class OneOf(Shape):
    """One of some words."""

    words: tuple[str, ...]

    @property
    def example(self) -> str:
        """The first of them."""
        return self.words[0]

    def schema(self, say: Say) -> Schema:
        """An enumeration."""
        return {"type": "string", "enum": list(self.words)}

    def read(self, value: Any, at: str, wrong: list[Wrong]) -> str | None:
        """The word."""
        if isinstance(value, str) and value in self.words:
            return value
        wrong.append(Wrong(at, t("one of: %(words)s", words=", ".join(self.words))))
        return None


class Sentence(Words):
    """A `Text`, written in the language that was asked for."""

    def write(self, value: Text, say: Say) -> str:
        """In words."""
        return say(value)


@dataclass(frozen=True)
class Maybe(Shape):
    """Another shape, or null."""

    of: Shape

    @property
    def example(self) -> Any:
        """That of what may be there."""
        return self.of.example

    def schema(self, say: Say) -> Schema:
        """The other schema or null."""
        inner = self.of.schema(say)
        if "$ref" in inner or "enum" in inner:
            return {"anyOf": [inner, {"type": "null"}]}
        return {**inner, "type": [inner["type"], "null"]}

    def read(self, value: Any, at: str, wrong: list[Wrong]) -> Any:
        """None, or what the other shape reads."""
        return None if value is None else self.of.read(value, at, wrong)

    def write(self, value: Any, say: Say) -> Any:
        """null, or what the other shape writes."""
        return None if value is None else self.of.write(value, say)
