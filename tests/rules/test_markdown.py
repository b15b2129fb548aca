"""Markdown becomes HTML that can do nothing: no script, no style, no link or picture but where it may lead."""

from __future__ import annotations

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.markdown import is_safe_link, rendered

HTML = "{http://www.w3.org/1999/xhtml}"
TAGS = {
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "s", "a", "img", "code", "pre", "blockquote",
    "table", "thead", "tbody", "tr", "th", "td", "div", "hr", "br", "html", "head", "body",
}  # fmt: skip
ATTRIBUTES = {"href", "rel", "title", "src", "alt", "loading", "class", "start", "tabindex"}


def own(file_id: int) -> str | None:
    return f"/my/knowledge/1/files/{file_id}" if file_id == 7 else None


def check_harmless(text: str) -> None:
    """Parse what came out and look at every element: nothing but text, links and our own pictures."""
    tree = html5lib.parse(str(rendered(text, own)))
    for element in tree.iter():
        if not isinstance(element.tag, str):
            raise AssertionError("a comment came through")
        assert element.tag.removeprefix(HTML) in TAGS, element.tag
        assert set(element.keys()) <= ATTRIBUTES, element.attrib
        assert element.get("src") in (None, own(7))
        href = element.get("href")
        assert href is None or href == "#" or is_safe_link(href), href


ABUSE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<style>body{display:none}</style>",
    "<div><b>**<i onclick=x>nested</i>**</b></div>",
    "<!-- comment --> <![CDATA[x]]> <?php x ?>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java%0ascript:alert(1))",
    "[x]( javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "[x](http:evil)",
    "[x](ftp://evil.example)",
    '[x](https://a.cn "onmouseover=alert(1)")',
    '[x](https://a.cn"onclick="x)',
    "<javascript:alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](javascript:x)",
    "![x](file:8)",
    "![x](/my/knowledge/1/files/8)",
    '![" onerror="alert(1)](file:7)',
    "[a]: javascript:alert(1)\n\n[a]",
    "| a |\n|:-:|\n| <b>x</b> |",
    '```js" onclick="x\n</code><script>\n```',
    "`</code><script>alert(1)</script>`",
    ">" * 200 + " deep",
    "[" * 500 + "x" + "](y)" * 500,
    "*" * 3000,
    "\x00<\x00script>",
]


@pytest.mark.parametrize("text", ABUSE)
def test_nothing_harmful_comes_through(text: str) -> None:
    check_harmless(text)


@given(st.text(alphabet="<>\"'`*_[]()!#|&;:/\\ \nabjs=onerrorx7file", max_size=200))
def test_nothing_harmful_comes_of_any_text(text: str) -> None:
    check_harmless(text)


def test_html_is_shown_as_it_was_typed() -> None:
    assert "&lt;b&gt;粗&lt;/b&gt;" in rendered("<b>粗</b>")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**粗** ~~旧~~", "<p><strong>粗</strong> <s>旧</s></p>\n"),
        ("[信](mailto:a@b.cn)", '<p><a href="mailto:a@b.cn">信</a></p>\n'),
        ("[我的](/my/statements)", '<p><a href="/my/statements">我的</a></p>\n'),
        (
            "[外](https://a.cn/x)",
            '<p><a href="https://a.cn/x" rel="noopener noreferrer nofollow">外</a></p>\n',
        ),
        ("[表](file:7)", '<p><a href="/my/knowledge/1/files/7">表</a></p>\n'),
        ("![图](file:7)", '<p><img src="/my/knowledge/1/files/7" alt="图" loading="lazy" /></p>\n'),
        ("![图](file:8)", "<p>图</p>\n"),
        ("[表](file:8)", '<p><a href="#">表</a></p>\n'),
    ],
)
def test_what_is_meant_is_drawn(text: str, html: str) -> None:
    assert rendered(text, own) == html


def test_headings_begin_below_the_pages_own() -> None:
    assert rendered("# 一\n\n## 二") == "<h2>一</h2>\n<h3>二</h3>\n"
    assert rendered("### 三") == "<h2>三</h2>\n"
    assert "<h6>" in rendered("# 一\n\n###### 六") and "<h1" not in rendered("# 一\n===\n")


def test_a_tables_columns_keep_their_side_without_a_style() -> None:
    html = rendered("| a | b | c |\n|---|--:|:-:|\n| 1 | 2 | 3 |")
    assert '<td class="num">2</td>' in html and '<td class="middle">3</td>' in html
    assert "style" not in html and html.startswith('<div class="scroll" tabindex="0">')
