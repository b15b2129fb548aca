"""From `Text` to words of the reader's language.

A list says some hundred words a page, so the reader's language is settled once a request and its catalogue kept
at hand; outside a request Flask-Babel is asked.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask, g
from flask_babel import Babel, Domain, get_locale, get_translations

from portal import config
from portal.access.viewer import SYSTEM
from portal.kernel.text import Text, t

_reader: ContextVar[NullTranslations | None] = ContextVar("reader", default=None)
_locale: ContextVar[str] = ContextVar("locale", default="")


def install(app: Flask) -> None:
    """Templates speak through the catalogue at hand; a request's language ends with it."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        translate,
        lambda one, many, count: (_reader.get() or get_translations()).ungettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, msgid: (_reader.get() or get_translations()).upgettext(
            context, msgid
        ),
        npgettext=lambda context, one, many, count: (
            _reader.get() or get_translations()
        ).unpgettext(context, one, many, count),
    )
    app.teardown_request(_forget)


def _forget(_error: BaseException | None) -> None:
    _reader.set(None)
    _locale.set("")


def read_in(locale: str) -> None:
    """Settle the language of this request: `zh_CN` or `en`."""
    _reader.set(_catalogue(locale))
    _locale.set(locale)


@cache
def _catalogue(locale: str) -> NullTranslations:
    folder = str(config.ROOT / "portal" / "translations")
    return Translations.load(folder, [locale])


class ReadersDomain(Domain):
    """Labels of forms, flashes and sign-in speak through the same catalogue.

    Flask-Babel by itself looks for zh_Hans_CN; ours is named zh_CN, as everybody writes it.
    """

    def get_translations(self) -> NullTranslations:
        """The catalogue of the reader's language."""
        return _reader.get() or _catalogue(locale_code())


class ReadersBabel(Babel):
    """Flask-Babel with the reader's catalogue."""

    @property
    def domain_instance(self) -> Domain:
        """The domain that `gettext` and its lazy sister ask."""
        return ReadersDomain()


def translate(msgid: str) -> str:
    """`msgid` in the reader's language; nothing stays nothing (catalogues keep their own header under it)."""
    if not msgid:
        return ""
    catalogue = _reader.get() or get_translations()
    return str(catalogue.ugettext(msgid))


def say(value: Any) -> str:
    """A `Text` in the reader's language; anything else as it is, what is marked up too."""
    if isinstance(value, Text):
        return value.render(translate)
    return value if isinstance(value, str) else str(value)


def actor_word(name: str) -> str:
    """Who did it: what nobody did by hand is said to be the system's doing, in the reader's language."""
    return say(t("The system")) if name == SYSTEM.name else name


def locale_code() -> str:
    """`zh_CN` or `en`."""
    settled = _locale.get()
    if settled:
        return settled
    viewer = g.get("viewer")
    if viewer is not None:
        return "en" if viewer.locale == "en" else "zh_CN"
    return "en" if str(get_locale() or "").startswith("en") else "zh_CN"


def name_of(row: Any) -> str:
    """A record's name in the reader's language, the other where that one is missing."""
    first, second = ("name_en", "name_zh") if locale_code() == "en" else ("name_zh", "name_en")
    return str(getattr(row, first, "") or getattr(row, second, "") or "")


def viewer_locale() -> str | None:
    """What Flask-Babel asks: the viewer's choice, or None for the default."""
    viewer = g.get("viewer")
    return viewer.locale if viewer is not None else None
