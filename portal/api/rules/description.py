"""The description of the whole door as OpenAPI 3.1, drawn from the operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from portal.api.rules import once
from portal.api.rules.operations import OPERATIONS, Answer, Operation, Parameter
from portal.api.rules.records import Field, Listed, Record
from portal.api.rules.scopes import SCOPE_WORDS
from portal.api.rules.shapes import Count, Maybe, Say, Shape, Words
from portal.kernel.text import Text, t

VERSION = "1.0.0"
BASE = "/api/v1"
PROBLEM_TYPE = "application/problem+json"
Problems = Mapping[str, tuple[int, Text]]
"""Code → its status and title."""
READING, WRITING = (400, 401, 403, 404, 422, 429, 500, 503), (409, 413, 415)
ABOUT = t(
    "For the firm's own systems. Every call carries a key as “Authorization: Bearer …”; cookies count for nothing. "
    "Money and quantities are decimals in strings, days ISO 8601, instants UTC. Lists are read page by page along "
    "“next”. A POST needs an Idempotency-Key: told again within 72 hours it gets the same answer and does nothing "
    "twice. A call that is badly formed is refused whole, with a pointer to each place; in one that is well formed "
    "each row is taken or refused by itself."
)
PLACE = Record(
    "ProblemPlace",
    t("What is wrong at one place."),
    (
        Field("pointer", Words(), t("A JSON pointer into the body."), needed=False),
        Field("parameter", Words(), t("The name of a parameter of the address."), needed=False),
        Field("detail", Words(), t("What is wrong, in words.")),
    ),
)
PROBLEM = Record(
    "Problem",
    t("What went wrong (RFC 9457)."),
    (
        Field("type", Words(), t("An address where the kind of problem is described.")),
        Field("title", Words(), t("The kind of problem, in words.")),
        Field("status", Count(400, 599), t("The status of the answer.")),
        Field("code", Words(), t("The kind of problem, for machines.")),
        Field("detail", Words(), t("What is wrong this time.")),
        Field("errors", Listed(PLACE), t("Each place that is wrong.")),
    ),
)
RATE_HEADERS = {
    "X-RateLimit-Limit": t("How many calls the key may make in the window."),
    "X-RateLimit-Remaining": t("How many are left of them."),
    "X-RateLimit-Reset": t("When the window ends: seconds since 1970."),
}


def description(say: Say, problems: Problems) -> dict[str, Any]:
    """The OpenAPI document in the language of `say`."""
    paths: dict[str, dict[str, Any]] = {}
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, say, problems)
    return {
        "openapi": "3.1.0",
        "info": {"title": say(t("The portal's door for other systems")), "version": VERSION, "description": say(ABOUT)},
        "servers": [{"url": BASE}],
        "security": [{"key": []}],
        "tags": [{"name": each} for each in dict.fromkeys(map(tag, OPERATIONS))],
        "paths": paths,
        "components": {
            "schemas": {each.name: each.definition(say) for each in _records()},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": _scopes(say)}},
        },
    }  # fmt: skip


def tag(operation: Operation) -> str:
    """The part of the door that a call belongs to."""
    return operation.path.split("/")[1]


def page_of(record: Record) -> Record:
    """A page of records, and where the next one is."""
    return Record(
        f"{record.name}Page",
        t("A page of a list."),
        (
            Field("items", Listed(record), t("The entries, by id.")),
            Field("next", Maybe(Words()), t("The address of the next page; null on the last one.")),
        ),
    )


def answered(operation: Operation) -> Record:
    """The record that a call is answered with."""
    return page_of(operation.answer) if operation.kind is Answer.PAGE else operation.answer


def statuses(operation: Operation) -> tuple[int, ...]:
    """The statuses with which a call may be refused."""
    return tuple(sorted((*READING, *(WRITING if operation.body else ()))))


def _operation(each: Operation, say: Say, problems: Problems) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": each.key,
        "tags": [tag(each)],
        "summary": say(each.title),
        "description": f"{say(each.text)}\n\n{say(t('Scope: %(scope)s', scope=each.scope))}",
        "parameters": [_parameter(one, say) for one in each.parameters],
        "responses": {
            "200": _answer(each, say),
            **{str(status): _refusal(status, say, problems) for status in statuses(each)},
        },
    }
    if each.body is not None:
        found["parameters"].append(_key_parameter(say))
        content = {"schema": each.body.schema(say), "example": each.body.example}
        found["requestBody"] = {"required": True, "content": {"application/json": content}}
    else:
        found["responses"]["304"] = {"description": say(t("Nothing changed since your ETag."))}
    return found


def _parameter(each: Parameter, say: Say) -> dict[str, Any]:
    return {
        "name": each.name,
        "in": "path" if each.in_path else "query",
        "required": each.in_path,
        "description": say(each.text),
        "schema": each.shape.schema(say),
    }


def _key_parameter(say: Say) -> dict[str, Any]:
    schema = {"type": "string", "pattern": f"^{once.PATTERN}$", "minLength": 8, "maxLength": 128}
    text = say(t("A key of your own for this call; a UUID will do."))
    return {"name": once.HEADER, "in": "header", "required": True, "description": text, "schema": schema}  # fmt: skip


def _answer(each: Operation, say: Say) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": say(each.title),
        "headers": _headers(RATE_HEADERS, say),
    }
    if each.kind is Answer.FILE:
        found["content"] = {"application/pdf": {"schema": {"type": "string", "contentEncoding": "binary"}}}  # fmt: skip
        return found
    found["content"] = {"application/json": {"schema": answered(each).schema(say)}}
    if each.body is not None:
        replayed = {"Idempotent-Replayed": t("“true” when this answer was given before.")}
        found["headers"] |= _headers(replayed, say)
    return found


def _refusal(status: int, say: Say, problems: Problems) -> dict[str, Any]:
    titles = [say(title) for known, title in problems.values() if known == status]
    content = {PROBLEM_TYPE: {"schema": PROBLEM.schema(say)}}
    return {"description": " / ".join(titles), "content": content}


def _headers(texts: Mapping[str, Text], say: Say) -> dict[str, Any]:
    return {
        name: {"description": say(text), "required": False, "schema": {"type": "string"}}
        for name, text in texts.items()
    }


def _scopes(say: Say) -> str:
    listed = "\n".join(f"- `{scope}`: {say(words)}" for scope, words in SCOPE_WORDS.items())
    return f"{say(t('What a key may be for:'))}\n\n{listed}"


def _records() -> Iterator[Record]:
    """Every record that the document names, each once."""
    roots: list[Shape] = [PROBLEM]
    for each in OPERATIONS:
        roots += [each.answer if each.kind is Answer.FILE else answered(each)]
        roots += [each.body] if each.body else []
    seen: set[str] = set()
    for record in _inside(roots):
        if record.name not in seen:
            seen.add(record.name)
            yield record


def _inside(shapes: Iterable[Shape]) -> Iterator[Record]:
    for each in shapes:
        if isinstance(each, Record):
            yield each
            yield from _inside(field.shape for field in each.fields)
        elif isinstance(each, Listed | Maybe):
            yield from _inside([each.of])
