"""HTML to PDF, quickly and the same every time. The only import of WeasyPrint in the house.

What makes it quick: one font configuration; parsed style sheets kept; a short base sheet instead of
WeasyPrint's own; the garbage collector frozen after warm-up and kept out of the rendering; thin tags.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from .profile import srgb
from .tags import thin

SCHEME = "asset:"
PROFILE = "--paper"
PROFILE_RULE = "@color-profile --paper { src: url(asset:srgb.icc); components: r, g, b }"
KEPT_SHEETS = 32
PROGRESS = logging.getLogger("weasyprint.progress")
PAGE_DONE = re.compile(r"Step 5 .* Page (\d+)\Z")
BASE = Path(__file__).with_name("base.css")
ALPHABET = "".join(map(chr, range(0x21, 0x7F))) + "报价单编号日期有效合计金额税率数量费用项目"


class Assets(URLFetcher):
    """Only what came with the job: `asset:name`. No network, no files, no data addresses."""

    def __init__(self, pictures: dict[str, bytes]) -> None:
        super().__init__(allowed_protocols=("asset",))
        self.pictures = pictures

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The picture of that name; ValueError for any other address."""
        name = url.removeprefix(SCHEME)
        if not url.startswith(SCHEME) or name not in self.pictures:
            raise ValueError(f"a paper may not fetch {url[:80]}")
        return URLFetcherResponse(url, self.pictures[name])


class _Page(HTML):
    """HTML whose base sheet is ours (a private hook, hence the pinned version)."""

    base_sheet: CSS

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [self.base_sheet]


class Engine:
    """A warm WeasyPrint. Not for threads: one document at a time."""

    def __init__(self) -> None:
        logging.getLogger("weasyprint").setLevel(logging.ERROR)
        self.fonts = FontConfiguration()
        self.profiles: dict[str, Any] = {}
        self.sheets: OrderedDict[bytes, CSS] = OrderedDict()
        assets = Assets({"srgb.icc": srgb()})
        _Page.base_sheet = CSS(
            string=PROFILE_RULE + BASE.read_text("utf-8"),
            url_fetcher=assets,
            font_config=self.fonts,
            color_profiles=self.profiles,
        )

    def warm_up(self, css: bytes) -> None:
        """Print a throw-away page in both weights, then take all that exists out of the collector."""
        page = f"<html lang=zh-CN><body><h1>{ALPHABET}</h1><table><tr><td>{ALPHABET}</table>"
        self.print(page.replace("&", "&amp;").encode(), css, {})
        gc.collect()
        gc.freeze()

    def print(
        self,
        html: bytes,
        css: bytes,
        pictures: dict[str, bytes],
        tell: Callable[[int], None] | None = None,
    ) -> tuple[bytes, int]:
        """The page as PDF/A-2a and its number of pages; the same input gives the same bytes.

        `tell` hears the number of each page as its layout begins.
        """
        with _heard(tell):
            return self._print(html, css, pictures)

    def _print(self, html: bytes, css: bytes, pictures: dict[str, bytes]) -> tuple[bytes, int]:
        gc.disable()
        try:
            page = _Page(string=html.decode(), base_url=SCHEME + "/", url_fetcher=Assets(pictures))
            document = page.render(
                font_config=self.fonts,
                color_profiles=self.profiles,
                stylesheets=[self._sheet(css)],
                pdf_variant="pdf/a-2a",
                output_intent=PROFILE,
            )
            paper = document.write_pdf(finisher=thin, pdf_variant="pdf/a-2a", output_intent=PROFILE)
            return paper, len(document.pages)
        finally:
            gc.enable()

    def _sheet(self, css: bytes) -> CSS:
        key = hashlib.sha256(css).digest()
        if key not in self.sheets:
            self.sheets[key] = CSS(
                string=css.decode(), url_fetcher=Assets({}), font_config=self.fonts
            )
            if len(self.sheets) > KEPT_SHEETS:
                self.sheets.popitem(last=False)
        self.sheets.move_to_end(key)
        return self.sheets[key]


class _Listener(logging.Handler):
    def __init__(self, tell: Callable[[int], None]) -> None:
        super().__init__()
        self.tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        found = PAGE_DONE.match(record.getMessage())
        if found:
            self.tell(int(found[1]))


@contextmanager
def _heard(tell: Callable[[int], None] | None) -> Iterator[None]:
    """While inside, `tell` hears WeasyPrint's own words about its progress."""
    if tell is None:
        yield
        return
    listener = _Listener(tell)
    level = PROGRESS.level
    PROGRESS.addHandler(listener)
    PROGRESS.setLevel(logging.INFO)
    try:
        yield
    finally:
        PROGRESS.removeHandler(listener)
        PROGRESS.setLevel(level)
