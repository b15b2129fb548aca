"""Templates: nothing inline, short, nothing brought along that is not used, and every part shown on the style page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import g, render_template
from jinja2 import Environment, nodes
from jinja2.ext import do

from portal.access.viewer import Viewer
from portal.web.style import samples
from tests.each import each_of

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "templates"
ALL = sorted(FOLDER.rglob("*.html"))
# Papers and mail are not read by a browser under our content policy; they carry their own style.
ON_SCREEN = [path for path in ALL if path.parts[len(FOLDER.parts)] not in ("documents", "mail")]
MACROS = sorted((FOLDER / "macros").glob("*.html"))
COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
INLINE = {
    "a style attribute": re.compile(r"<[^>]+\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script without a file": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]+\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript address": re.compile(r"""(href|action)=["']javascript:""", re.IGNORECASE),
    "code for htmx to evaluate": re.compile(r"""hx-on|hx-[a-z]+=["']js:""", re.IGNORECASE),
}
JINJA = Environment(extensions=["jinja2.ext.i18n", do])


def source(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def found_inline(html: str) -> list[str]:
    return [what for what, pattern in INLINE.items() if pattern.search(html)]


@each_of(ON_SCREEN)
def test_a_page_has_nothing_inline_that_the_content_policy_would_refuse(path):
    assert found_inline(source(path)) == []


@pytest.mark.parametrize(
    "html",
    [
        '<p style="x">',
        "<style>",
        "<script>x</script>",
        '<a onclick="x">',
        '<a href="javascript:x">',
        '<a hx-get="js:x">',
    ],
)
def test_the_search_for_inline_parts_finds_each_kind(html):
    assert found_inline(html)


@each_of(ALL)
def test_a_template_stays_within_120_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 120


def brought_along(tree: nodes.Template) -> set[str]:
    imports = {node.target for node in tree.find_all(nodes.Import)}
    for node in tree.find_all(nodes.FromImport):
        imports |= {each[1] if isinstance(each, tuple) else each for each in node.names}
    return imports


@each_of(ALL)
def test_a_template_uses_what_it_imports(path):
    tree = JINJA.parse(path.read_text(encoding="utf-8"))
    used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    assert brought_along(tree) - used == set()


def public_macros(path: Path) -> set[str]:
    tree = JINJA.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.find_all(nodes.Macro) if not node.name.startswith("_")}


@each_of(MACROS)
def test_every_macro_is_shown_on_the_style_page_or_used_by_one_that_is(path):
    shown = "".join(source(each) for each in (FOLDER / "style" / "show.html", *MACROS))
    calls = set(re.findall(r"(?<!macro )\b(\w+)\(", shown))
    assert public_macros(path) - calls == set()


@each_of(MACROS)
def test_every_macro_file_says_what_its_macros_do(path):
    head = path.read_text(encoding="utf-8").partition("#}")[0]
    words = set(re.findall(r"\w+", head))
    assert head.startswith("{#") and public_macros(path) - words == set()


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_style_page_draws_every_part_in_both_languages(app, locale):
    with app.test_request_context("/"):
        g.viewer = Viewer(kind="staff", name="Chen Li", user_id=1, locale=locale)
        html = render_template("style/show.html", **samples())
    assert f'lang="{"en" if locale == "en" else "zh-CN"}"' in html
    assert (
        html.count('class="chip') >= 6
        and 'aria-invalid="true"' in html
        and found_inline(html) == []
    )


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 500])
def test_every_failure_page_says_what_to_do_next(app, status):
    with app.test_request_context("/"):
        g.viewer = Viewer(kind="public", name="", locale="en")
        html = render_template(f"errors/{status}.html", message=None)
    assert "First page" in html and html.count("<h1>") == 1 and 'class="muted"' in html
