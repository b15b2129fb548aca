"""Somebody at a browser: reads pages, fills in their forms, and sends a form again until it is answered."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

PATIENCE = 300.0
"""Seconds after which somebody gives up sending."""
IDLE_SECONDS = 3.0
"""After which a line is not used any more: the server ends it after five."""
Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class File:
    """A file of a form's field."""

    field: str
    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `tries` says how often it was asked for."""

    status: int
    text: str
    location: str
    tries: int = 1


class Unanswered(RuntimeError):
    """Nobody answered for as long as one has patience."""


@dataclass
class Person:
    """One browser, signed in."""

    port: int
    name: str
    cookies: dict[str, str]
    faults: list[str] = field(default_factory=list)
    patience: float = PATIENCE
    _spoke: float = 0.0
    _line: http.client.HTTPConnection | None = None

    def read(self, path: str) -> Answer:
        """A page, asked for until it comes."""
        return self._until_answered("GET", path, b"", {})

    def form(self, path: str, action: str = "") -> tuple[str, Fields]:
        """(address, fields as they stand) of the form on a page; `action`: how its address begins, or "" for the first
        that is sent by POST.

        Raises LookupError where the page has none.
        """
        page = self.read(path)
        if page.status != 200:
            raise LookupError(f"{path}: {page.status}")
        return form_of(page.text, path, action)

    def send(
        self, path: str, fields: Sequence[tuple[str, str]], files: Sequence[File] = ()
    ) -> Answer:
        """A form, the same again until it is answered."""
        kind = "application/x-www-form-urlencoded"
        body = urlencode(fields).encode()
        if files:
            mark = secrets.token_hex(12)
            kind, body = f"multipart/form-data; boundary={mark}", _parts(mark, fields, files)
        return self._until_answered("POST", path, body, {"Content-Type": kind})

    def _until_answered(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        began, tries = time.monotonic(), 0
        while tries == 0 or time.monotonic() - began < self.patience:
            tries += 1
            try:
                found = self.once(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                self._hang_up()
                time.sleep(0.1)
                continue
            if found.status == 503 and self.patience:
                time.sleep(0.3)
                continue
            if found.status >= 500 and self.patience:
                self.faults.append(f"{self.name}: {method} {path} {found.status}")
            return Answer(found.status, found.text, found.location, tries)
        raise Unanswered(f"{self.name}: {method} {path}")

    def once(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask once. Raises OSError or HTTPException where the line breaks."""
        if time.monotonic() - self._spoke > IDLE_SECONDS:
            self._hang_up()
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self._line.request(method, path, body or None, {"Cookie": cookie, **(headers or {})})
        response = self._line.getresponse()
        text = response.read().decode("utf-8", "replace")
        self._spoke = time.monotonic()
        for each in response.headers.get_all("Set-Cookie", []):
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, text, response.getheader("Location") or "")

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None


def _parts(mark: str, fields: Sequence[tuple[str, str]], files: Sequence[File]) -> bytes:
    pieces = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
    ]
    for each in files:
        named = f'name="{each.field}"; filename="{each.name}"'
        head = f"--{mark}\r\nContent-Disposition: form-data; {named}\r\n"
        pieces += [head.encode(), b"Content-Type: application/octet-stream\r\n\r\n", each.body, b"\r\n"]  # fmt: skip
    return b"".join((*pieces, f"--{mark}--\r\n".encode()))


def form_of(text: str, path: str, action: str = "") -> tuple[str, Fields]:
    """(address, fields) of a form of a page. Raises LookupError."""
    reader = _Forms()
    reader.feed(text)
    for at, method, fields in reader.forms:
        address = at or path
        if method == "post" and urlsplit(address).path.startswith(action):
            return address, fields
    raise LookupError(f"{path}: no form {action}")


def changed(fields: Fields, **values: str) -> Fields:
    """The fields with other values; those that were not there are added."""
    kept = [(name, value) for name, value in fields if name not in values]
    return [*kept, *values.items()]


class _Forms(HTMLParser):
    """The forms of a page as a browser would send them untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, str, Fields]] = []
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((has.get("action", ""), has.get("method", "get").lower(), []))
        elif tag == "input":
            self._input(has)
        elif tag == "select":
            self._select, self._options = has.get("name"), []
        elif tag == "option" and self._select is not None:
            self._options.append((has.get("value", ""), "selected" in has))
        elif tag == "textarea":
            self._area = has.get("name")
            self._put(self._area, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            if self._options:
                self._put(self._select, (chosen or [self._options[0][0]])[0])
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None and self.forms:
            fields = self.forms[-1][2]
            fields[-1] = (self._area, fields[-1][1] + data.removeprefix("\n"))

    def _input(self, has: Mapping[str, str]) -> None:
        kind = has.get("type", "text")
        if kind in ("submit", "button", "image", "file", "reset"):
            return
        if kind not in ("checkbox", "radio") or "checked" in has:
            self._put(has.get("name"), has.get("value", "on" if kind == "checkbox" else ""))

    def _put(self, name: str | None, value: str) -> None:
        if name and self.forms:
            self.forms[-1][2].append((name, value))


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did: its kind, the mark by which it is found again, and whether it was answered."""

    kind: str
    mark: str
    is_answered: bool = True


class Diary:
    """Everything that was done, by everybody."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []
        self._lock = threading.Lock()

    def note(self, kind: str, mark: str, answer: Answer) -> bool:
        """Write down a deed by what the portal said to it; whether that was a yes."""
        is_yes = answer.status in (302, 303) and "/login" not in answer.location
        with self._lock:
            self.deeds.append(Deed(kind, mark, is_yes))
        return is_yes

    def marks(self, kind: str) -> list[str]:
        """Of the deeds of a kind that were answered with a yes."""
        return [each.mark for each in self.deeds if each.kind == kind and each.is_answered]

    def unclear(self, kind: str) -> set[str]:
        """Of those that were not: they may have been done, or not."""
        return {each.mark for each in self.deeds if each.kind == kind and not each.is_answered}

    def told(self) -> str:
        """As JSON lines, for whoever looks for what went wrong."""
        return "\n".join(
            json.dumps([each.kind, each.mark, each.is_answered]) for each in self.deeds
        )


NUMBER = re.compile(r"/(\d+)(?:$|[/?#])")


def id_in(address: str) -> int:
    """The first number of an address."""
    found = NUMBER.search(address)
    if found is None:
        raise LookupError(f"no number in {address}")
    return int(found[1])
