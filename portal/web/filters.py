"""Template filters and globals: money, dates, words, static addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request, url_for
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from portal.kernel.money import format_amount
from portal.web.icons import icon
from portal.web.links import house_links
from portal.web.markdown import rendered
from portal.web.nav import nav_sections
from portal.web.words import actor_word, locale_code, name_of, say, translate

MUTED_DASH = Markup('<span class="muted">—</span>')
LONGEST_CODE = 24
LONGEST_WORD = 8
TENTH = Decimal("0.1")
KILO = 1024


def install(app: Flask) -> None:
    """Register them."""
    app.jinja_env.filters.update(
        money=money,
        amount=amount,
        quantity=quantity,
        file_size=file_size,
        date=_unbroken(day),
        datetime=_unbroken(instant),
        say=say,
        name=name_of,
        boxed=boxed,
        markdown=rendered,
        translated=translate,
    )
    app.jinja_env.globals.update(
        icon=icon, say=say, actor_word=actor_word, static_url=static_url, name_of=name_of
    )
    app.jinja_env.tests.update(unbroken=is_unbroken, nothing=is_nothing, said=is_said)
    app.context_processor(_per_page)


def _per_page() -> dict[str, Any]:
    return {
        "viewer": g.get("viewer"),
        "nav": nav_sections() if "viewer" in g else [],
        "locale": locale_code(),
        "links": house_links(),
    }


def money(value: Decimal | None, currency: str) -> Markup:
    """`CNY 1,482.00`, the currency muted; a dash for None."""
    if value is None:
        return MUTED_DASH
    shown = format_amount(
        value, currency
    )  # digits, commas, a point: nothing to escape, and lists are long
    return Markup(f'<span class="money">{_currency(currency)} {shown}</span>')


@cache
def _currency(code: str) -> Markup:
    return Markup('<span class="currency">{}</span>').format(code)


def amount(value: Decimal | None, currency: str = "CNY") -> str:
    """`1,482.00` without the currency."""
    return "—" if value is None else format_amount(value, currency)


def boxed(row: Any) -> str:
    """The name of a charge and its box, which is said once where the name says it already."""
    name = str(name_of(row))
    return name if not row.packaging or row.packaging in name else f"{name} {row.packaging}"


def file_size(size: int) -> str:
    """How large a file of `size` bytes is, in signs that both languages write alike: `16 B`, `12 KB`, `1.4 MB`."""
    if size < KILO:
        return f"{size} B"
    thousands = Decimal(size) / KILO
    if thousands < KILO:
        return f"{thousands.quantize(Decimal(1), ROUND_HALF_UP)} KB"
    return f"{(thousands / KILO).quantize(TENTH, ROUND_HALF_UP)} MB"


def quantity(value: Decimal | None, places: int | None = None) -> str:
    """A quantity without needless zeros: `2.34`, `1,000`."""
    if value is None:
        return "—"
    if places is not None:
        return f"{value:,.{places}f}"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def moved(percent: Decimal) -> str:
    """A change in percent as it is read: `+4.2 %`; what rounds to nothing has no sign."""
    rounded = percent.quantize(TENTH, ROUND_HALF_UP)
    return f"{rounded:+,.1f} %" if rounded else "0.0 %"


def day(value: date | None) -> str:
    """`2026-03-02`."""
    return "—" if value is None else value.isoformat()


def instant(value: datetime | None) -> str:
    """`2026-03-02 14:05` in the firm's zone."""
    if value is None:
        return "—"
    local = value.astimezone(ZoneInfo(current_app.config["TIMEZONE"]))
    return local.replace(tzinfo=None).isoformat(" ", "minutes")


def _unbroken(show: Callable[[Any], str]) -> Callable[[EvalContext, Any], str]:
    """The filter for templates: what `show` says, kept on one line on a page, plain in a text."""

    @pass_eval_context
    def shown(context: EvalContext, value: Any) -> str:
        said = show(value)
        return Markup(f'<span class="nowrap">{escape(said)}</span>') if context.autoescape else said

    return shown


def is_unbroken(cell: Any) -> bool:
    """Whether a cell of a list stays on one line: dates, numbers, codes and short words do."""
    if not isinstance(cell, str) or isinstance(cell, Markup):
        return False
    return len(cell) <= LONGEST_CODE if cell.isascii() else len(cell) <= LONGEST_WORD


def is_nothing(cell: Any) -> bool:
    """Whether a cell has nothing to say; on a phone it is left out."""
    return cell is None or cell in ("", "—", MUTED_DASH)


def is_said(error: Any) -> bool:
    """Whether a field's error is a sentence (the parts of a form within a form have their own)."""
    return isinstance(error, str | LazyString)


def static_url(path: str) -> str:
    """The address of a static file with its content's hash, so that it may be cached for ever."""
    return _static_address(request.script_root, current_app.static_folder or "", path)


@lru_cache
def _static_address(_script_root: str, folder: str, path: str) -> str:
    return url_for("static", filename=path, v=_digest(folder, path))


@cache
def _digest(folder: str, path: str) -> str:
    return hashlib.sha256((Path(folder) / path).read_bytes()).hexdigest()[:12]
