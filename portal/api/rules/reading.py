"""A call as it came, read by its description: the values, and everything that is wrong with their places."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from portal.api.rules.operations import LIMIT, USUAL_LIMIT, Operation
from portal.api.rules.shapes import Wrong
from portal.kernel.errors import PortalError
from portal.kernel.text import t

USUAL = {LIMIT.name: USUAL_LIMIT}
"""What a parameter is when it is left out; None for all others."""


class NotJson(PortalError):
    """The body is no JSON text in UTF-8."""

    status = 400
    code = "bad_request"

    def __init__(self) -> None:
        super().__init__(t("The body is not JSON in UTF-8."))


def read_query(
    operation: Operation, sent: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], list[Wrong]]:
    """Parameter → value of what stands behind the question mark; what nobody knows is wrong too."""
    wrong: list[Wrong] = []
    known = {each.name: each for each in operation.query}
    found: dict[str, Any] = {name: USUAL.get(name) for name in known}
    for name, values in sent.items():
        if name not in known:
            wrong.append(Wrong(name, t("no such parameter is known"), False))
        elif len(values) != 1:
            wrong.append(Wrong(name, t("only once"), False))
        else:
            told: list[Wrong] = []
            found[name] = known[name].shape.parse(values[0], name, told)
            wrong += [each._replace(in_body=False) for each in told]
    return found, wrong


def read_body(operation: Operation, raw: bytes) -> tuple[Any, list[Wrong]]:
    """The body's values. NotJson for what is none."""
    wrong: list[Wrong] = []
    if operation.body is None:
        return None, wrong
    return operation.body.read(_parsed(raw), "", wrong), wrong


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotJson() from None


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
