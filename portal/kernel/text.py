"""A sentence that does not know its language yet.

Rules, actions and the kernel speak in `Text`: an English message id with named parts. The web layer and
the documents turn it into words of the reader's language; nothing here looks at a locale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """A message id and the values for its `%(name)s` places; a value may be a `Text` itself."""

    msgid: str
    params: tuple[tuple[str, Any], ...] = ()

    def render(self, translate: Callable[[str], str] = str) -> str:
        """The sentence in the language of `translate` (English when none is given)."""
        sentence = translate(self.msgid)
        if not self.params:
            return sentence
        return sentence % {name: _word(value, translate) for name, value in self.params}

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form; `Text.from_json` reads it back."""
        return {"msgid": self.msgid, "params": {name: _plain(v) for name, v in self.params}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Text:
        """The text that `to_json` wrote."""
        params = stored.get("params") or {}
        return cls(stored["msgid"], tuple((name, _revive(v)) for name, v in params.items()))

    def __str__(self) -> str:
        return self.render()


def t(msgid: str, **params: Any) -> Text:
    """Mark `msgid` for translation and keep its parts: `t("Row %(row)s is empty", row=4)`."""
    return Text(msgid, tuple(params.items()))


def _word(value: Any, translate: Callable[[str], str]) -> str:
    return value.render(translate) if isinstance(value, Text) else str(value)


def _plain(value: Any) -> Any:
    return {"text": value.to_json()} if isinstance(value, Text) else str(value)


def _revive(value: Any) -> Any:
    if isinstance(value, Mapping) and "text" in value:
        return Text.from_json(value["text"])
    return value
