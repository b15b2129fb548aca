"""Nothing is said past the catalogue: texts are written out where they are said, and templates say no bare words."""

from __future__ import annotations

import ast
import html
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from jinja2 import Environment, nodes
from jinja2.ext import do
from werkzeug.datastructures import MultiDict
from wtforms import Form

import portal
from portal.quotations.forms.shipment import CountForm
from portal.web.forms import InnerForm
from tests.each import each_of

ROOT = Path(__file__).resolve().parent.parent
SPEAKING = {"_", "_l", "t", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext", "pgettext"}
JINJA = Environment(extensions=["jinja2.ext.i18n", do])
HAN = r"[\u3400-\u9fff]"


def unspoken(tree: ast.AST) -> list[str]:
    """Calls that translate something other than a text written out, or another `Text`'s msgid."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            first = node.args[0] if node.args else None
            written = isinstance(first, ast.Constant) or getattr(first, "attr", "") == "msgid"
            if node.func.id in SPEAKING and not written:
                found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize(
    ("code", "wrong"),
    [('t("A")', 0), ("t(each.msgid, n=1)", 0), ("t(state.value)", 1), ('_(f"{n} rows")', 1)],
)
def test_a_text_put_together_at_run_time_is_noticed(code, wrong):
    assert len(unspoken(ast.parse(code))) == wrong


CODE = sorted(path for path in (ROOT / "portal").rglob("*.py") if path.name != "text.py")


def test_code_writes_out_every_text_that_it_translates():
    found = {
        str(path.relative_to(ROOT)): calls
        for path in CODE
        if (calls := unspoken(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found == {}


def doubled(tree: ast.AST) -> list[str]:
    """Texts without values that write a percent sign twice: in code such a text is shown as it is."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and not node.keywords]
    spoken = [call for call in calls if getattr(call.func, "id", "") in SPEAKING]
    return [ast.unparse(call) for call in spoken if "%%" in ast.unparse(call)]


@pytest.mark.parametrize(
    ("code", "wrong"), [('t("5 %")', 0), ('t("%(n)s %%", n=5)', 0), ('t("5 %%")', 1)]
)
def test_a_doubled_percent_sign_is_noticed(code, wrong):
    assert len(doubled(ast.parse(code))) == wrong


def test_code_shows_one_percent_sign():
    assert [call for path in CODE for call in doubled(ast.parse(path.read_text("utf-8")))] == []


TEMPLATES = sorted(
    p for p in (ROOT / "templates").rglob("*.*") if p.suffix in (".html", ".txt", ".xml")
)
ON_SCREEN = [path for path in TEMPLATES if "documents" not in path.parts]
LEFT_OUT = re.compile(
    r"{#.*?#}|{% block body_class %}.*?{% endblock %}|{%.*?%}|<!--.*?-->"
    r"|<(script|style|svg)\b.*?</\1>|<!doctype[^>]*>",
    re.DOTALL,
)
SAID = re.compile(r"""\b(?:title|aria-label|placeholder|alt|data-confirm)="([^"]*)\"""")
OWN_NAMES = ("中文", "English")  # a language is called by its own name in the choice of languages
SIGNS = ("CSV", "Excel", "PDF", "SHA", "SWIFT")


def bare_words(text: str) -> list[str]:
    """What a template shows in plain letters: Chinese, or English words of three letters and more."""
    text = re.sub(r"{{.*?}}(/[\w/-]+)?", "", LEFT_OUT.sub("", text), flags=re.DOTALL)
    said = " ".join(SAID.findall(text))
    shown = html.unescape(re.sub(r"<[^>]*>", " ", text))
    words = re.findall(rf"{HAN}+|[A-Za-z]{{3,}}", f"{shown} {said}")
    return [word for word in words if word not in OWN_NAMES and word not in SIGNS]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('<p class="note">{{ _("Saved.") }}</p>', []),
        ("<p>Saved.</p>", ["Saved"]),
        ("<p>已保存</p>", ["已保存"]),
        ('<a title="Close" href="/x">×</a>', ["Close"]),
        ("{{ portal_url }}/my/quotations", []),
        ("{# a remark #}<script src='x'></script>", []),
    ],
)
def test_words_outside_the_catalogue_are_noticed(text, wrong):
    assert bare_words(text) == wrong


@each_of(ON_SCREEN)
def test_a_template_says_everything_through_the_catalogue(path):
    assert bare_words(path.read_text(encoding="utf-8")) == []


@each_of(TEMPLATES)
def test_a_template_writes_out_every_text_that_it_translates(path):
    calls = JINJA.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call)
    spoken = [c for c in calls if isinstance(c.node, nodes.Name) and c.node.name in SPEAKING]
    assert [c.lineno for c in spoken if not c.args or not isinstance(c.args[0], nodes.Const)] == []


def test_a_form_inside_a_form_refuses_in_the_readers_language():
    app = Flask(__name__)
    Babel(app, locale_selector=lambda: "zh_CN")
    with app.test_request_context("/"):
        form = CountForm(MultiDict({"unit": "handful"}))
        assert not form.validate()
        assert re.search(HAN, form.unit.errors[0])


def test_no_form_is_left_without_the_readers_language():
    for found in pkgutil.walk_packages(portal.__path__, "portal."):
        if "forms" in found.name.split("."):
            import_module(found.name)
    own = {each for each in Form.__subclasses__() if each.__module__.startswith("portal.")}
    assert own == {InnerForm}
