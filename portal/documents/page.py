"""A paper as HTML: one plain Jinja environment, used for the printed page and for the preview alike.

No Flask here and no WeasyPrint: web workers draw previews with this, and what goes to print is the
same string with other addresses in it.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import segno
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from portal.documents import filters
from portal.documents.filters import Speech
from portal.documents.lightrows import LightRows
from portal.documents.rules.firm import Colours, Picture
from portal.documents.rules.words import PaperLanguage

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates" / "documents"
CATALOGUES = ROOT / "portal" / "translations"
SHEET = "paper.css"
LEDGER = "ledger.css"
LEDGERS = (
    "statement.html",
    "credit_note.html",
    "dunning.html",
    "account.html",
    "claim_agreement.html",
)
REGISTER = "register.css"
REGISTERS = ("complaint_statistics.html", "complaint_tracking.html", "feedback_sheet.html")
MORE_SHEETS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(LEDGERS, (LEDGER,)),
    **dict.fromkeys(REGISTERS, (REGISTER,)),
    "proposal.html": ("proposal.css",),
}
"""What a template needs beside the common sheet: quotations need not match the rules of statements."""

Address = Callable[[str], str]


def draw(
    template: str,
    facts: Any,
    language: PaperLanguage,
    *,
    address: Address,
    stylesheets: tuple[str, ...] = (),
) -> str:
    """The paper `template` (a name in templates/documents) with `facts`, as a whole HTML page.

    address gives the URL of a picture by its name ("logo", "seal"); stylesheets are linked by URL,
    none when the press brings its own. The template sees `paper` (the facts) and `say` (a Speech).
    """
    return (
        _environment()
        .get_template(template)
        .render(
            paper=facts,
            say=Speech(language, _chinese().gettext),
            language=language,
            address=address,
            stylesheets=stylesheets,
        )
    )


def preview(
    template: str, facts: Any, language: PaperLanguage, stylesheets: tuple[str, ...] = ()
) -> str:
    """The paper as a page for the browser; the firm's pictures come with it."""
    pictures = {"logo": facts.firm.logo, "seal": facts.firm.seal}
    return draw(
        template,
        facts,
        language,
        address=lambda name: _inline(pictures[name]),
        stylesheets=stylesheets,
    )


@cache
def stylesheet(colours: Colours, template: str = "") -> str:
    """The papers' style sheet with the firm's colours written in; with a template, what it needs beside."""
    names = (SHEET, *MORE_SHEETS.get(template, ()))
    text = "".join((TEMPLATES / name).read_text("utf-8") for name in names)
    for name in ("accent", "soft", "line", "on_accent", "text"):
        text = text.replace(f"var(--paper-{name.replace('_', '-')})", getattr(colours, name))
    return text


def stylesheet_tag(colours: Colours, template: str = "") -> str:
    """A short name for this very sheet, for caches and addresses."""
    return hashlib.sha256(stylesheet(colours, template).encode()).hexdigest()[:16]


def qr_svg(content: str, title: str) -> Markup:
    """A QR code (error correction M) as inline SVG; the style sheet gives its size."""
    code = segno.make(content, error="m", micro=False)
    return Markup(
        code.svg_inline(border=0, omitsize=True, title=title, svgclass="qr", lineclass=None)
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        amount=filters.amount,
        rate=filters.rate,
        exchange_rate=filters.exchange_rate,
        quantity=filters.quantity,
    )
    environment.globals.update(qr_svg=qr_svg, light_rows=LightRows)
    return environment


def _inline(picture: Picture | None) -> str:
    if picture is None:
        return ""
    return f"data:{picture.kind.value};base64,{b64encode(picture.content).decode()}"


@cache
def _chinese() -> NullTranslations:
    """The Chinese message catalogue, for `Text` values; without one they stay English."""
    return Translations.load(CATALOGUES, ["zh_CN"])
