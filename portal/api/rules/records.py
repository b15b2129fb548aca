"""Objects and lists of what other systems ask and tell: their schemas, how they are read and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.api.rules.shapes import Say, Schema, Shape, Wrong
from portal.kernel.text import Text, t


@dataclass(frozen=True)
class Field:
    """One member of a record; `take` gives its value when it is written (the attribute of that name else)."""

    name: str
    shape: Shape
    text: Text
    needed: bool = True
    absent: Any = None
    take: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Record(Shape):
    """An object with known members and no others."""

    name: str
    text: Text
    fields: tuple[Field, ...]

    @property
    def example(self) -> dict[str, Any]:
        """Every member with its own example."""
        return {each.name: each.shape.example for each in self.fields}

    def schema(self, say: Say) -> Schema:
        """A reference to the named schema."""
        return {"$ref": f"#/components/schemas/{self.name}"}

    def definition(self, say: Say) -> Schema:
        """The schema itself."""
        return {
            "type": "object",
            "description": say(self.text),
            "properties": {
                each.name: {**each.shape.schema(say), "description": say(each.text)}
                for each in self.fields
            },
            "required": [each.name for each in self.fields if each.needed],
            "additionalProperties": False,
        }

    def read(self, value: Any, at: str, wrong: list[Wrong]) -> dict[str, Any] | None:
        """Member → value; what is absent has its default."""
        if not isinstance(value, dict):
            wrong.append(Wrong(at, t("an object is expected")))
            return None
        known = {each.name for each in self.fields}
        wrong.extend(
            Wrong(f"{at}/{escaped(name)}", t("no such member is known"))
            for name in value
            if name not in known
        )
        return {each.name: _member(each, value, at, wrong) for each in self.fields}

    def write(self, value: Any, say: Say) -> dict[str, Any]:
        """Every member in its order."""
        return {each.name: each.shape.write(_taken(each, value), say) for each in self.fields}


@dataclass(frozen=True)
class Listed(Shape):
    """Several of one shape."""

    of: Shape
    least: int = 0
    most: int | None = None

    @property
    def example(self) -> list[Any]:
        """A list of one."""
        return [self.of.example]

    def schema(self, say: Say) -> Schema:
        """An array."""
        found: Schema = {"type": "array", "items": self.of.schema(say)}
        bounds = {"minItems": self.least or None, "maxItems": self.most}
        return found | {name: bound for name, bound in bounds.items() if bound is not None}

    def read(self, value: Any, at: str, wrong: list[Wrong]) -> list[Any] | None:
        """Each of them, in order."""
        if not isinstance(value, list):
            wrong.append(Wrong(at, t("a list is expected")))
            return None
        if len(value) < self.least or (self.most is not None and len(value) > self.most):
            bounds = {"least": self.least, "most": self.most or "…"}
            wrong.append(Wrong(at, t("from %(least)s to %(most)s entries", **bounds)))
            return None
        return [self.of.read(each, f"{at}/{place}", wrong) for place, each in enumerate(value)]

    def write(self, value: Any, say: Say) -> list[Any]:
        """Each of them, in order."""
        return [self.of.write(each, say) for each in value]


def escaped(name: str) -> str:
    """A member's name as a JSON pointer has it (RFC 6901); what is no whole character is marked."""
    whole = name.encode("utf-8", "replace").decode()
    return whole.replace("~", "~0").replace("/", "~1")


def _member(each: Field, value: Mapping[str, Any], at: str, wrong: list[Wrong]) -> Any:
    place = f"{at}/{each.name}"
    if each.name in value:
        return each.shape.read(value[each.name], place, wrong)
    if each.needed:
        wrong.append(Wrong(place, t("This must be filled in.")))
    return each.absent


def _taken(each: Field, row: Any) -> Any:
    if each.take is not None:
        return each.take(row)
    return row[each.name] if isinstance(row, Mapping) else getattr(row, each.name)
