"""The description of the machines' door as a page draws it: the same data, for people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from portal.api.rules.description import BASE, answered, statuses, tag
from portal.api.rules.operations import OPERATIONS, Answer, Operation
from portal.api.rules.records import Field, Record
from portal.api.rules.scopes import SCOPE_WORDS
from portal.api.rules.shapes import Count
from portal.api.rules.wording import inner, shape_words
from portal.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Line:
    """One parameter or member: its name, what is written there, what it means."""

    name: str
    shape: Text
    text: Text
    needed: bool
    more: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One operation as it is drawn."""

    key: str
    method: str
    path: str
    title: Text
    text: Text
    scope: str
    scope_words: Text
    parameters: list[Line]
    body: list[Line]
    example: str
    answer: str
    is_file: bool
    refusals: str
    curl: str


@dataclass(frozen=True, slots=True)
class Table:
    """One record of the answers with its members."""

    name: str
    text: Text
    lines: list[Line]


def parts(base: str) -> dict[str, list[Call]]:
    """Tag → its calls, in the order of the description; `base` is the portal's public address."""
    found: dict[str, list[Call]] = {}
    for each in OPERATIONS:
        found.setdefault(tag(each), []).append(_call(each, base))
    return found


def curl(base: str, path: str, *, writes: bool = False) -> str:
    """A call as one types it into a shell."""
    told = (
        ' -H "Idempotency-Key: $(uuidgen)" \\\n  -H "Content-Type: application/json" -d @rows.json'
    )
    return f'curl -H "Authorization: Bearer $KEY"{told if writes else ""} {base}{BASE}{path}'


def tables() -> list[Table]:
    """The records that answers are made of, each once."""
    found: dict[str, Table] = {}
    for each in OPERATIONS:
        _collect(answered(each), found)
    return list(found.values())


def _call(each: Operation, base: str) -> Call:
    rows = inner(each.body.fields[0].shape) if each.body else None
    example = json.dumps(each.body.example, ensure_ascii=False, indent=2) if each.body else ""
    return Call(
        each.key, each.method, BASE + each.path, each.title, each.text, each.scope.value, SCOPE_WORDS[each.scope],
        [_parameter(one) for one in each.parameters],
        [_member(one) for one in rows.fields] if rows else [],
        example, answered(each).name, each.kind is Answer.FILE, ", ".join(map(str, statuses(each))),
        curl(base, each.path, writes=each.body is not None),
    )  # fmt: skip


def _parameter(each: Any) -> Line:
    words = shape_words(each.shape)
    return Line(each.name, words, each.text, each.in_path, _usual(each.shape) if each.in_path else "")  # fmt: skip


def _usual(shape: Any) -> str:
    return str(shape.example) if isinstance(shape, Count) else ""


def _member(each: Field) -> Line:
    record = inner(each.shape)
    return Line(each.name, shape_words(each.shape), each.text, each.needed, record.name if record else "")  # fmt: skip


def _collect(record: Record, found: dict[str, Table]) -> None:
    if record.name in found:
        return
    found[record.name] = Table(record.name, record.text, [_member(each) for each in record.fields])
    for each in record.fields:
        nested = inner(each.shape)
        if nested is not None:
            _collect(nested, found)
