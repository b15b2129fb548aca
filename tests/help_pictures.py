"""The pictures of the portal's help, taken anew from the demo world.

    .venv/bin/python -m tests.help_pictures [--instance FOLDER]

FOLDER holds a portal with the demo world (`portal setup --demo`); without it one is built aside, which takes two
minutes. Each picture is taken in both languages and written to static/help/ as WebP.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from portal.demo.firm import DOMAIN, PASSWORD
from tests.bench.load import served
from tests.browser.conftest import browser_program

ROOT = Path(__file__).resolve().parent.parent
TO = ROOT / "static" / "help"
LIN = "lin@harbour.example"
LANGUAGES = {"zh": "zh_CN", "en": "en"}
WIDE, PHONE = {"width": 1300, "height": 830}, {"width": 400, "height": 720}
SHOWN_WIDTH, MOST_BYTES = 900, 60_000
SWITCH = "(button) => button.form.requestSubmit(button)"


@dataclass(frozen=True)
class Shot:
    """One picture: whose page, on what, and how one gets there."""

    name: str
    who: str
    go: Callable[[Page], None]
    phone: bool = False


def at(path: str) -> Callable[[Page], None]:
    """Straight to an address."""
    return lambda page: page.goto(path) and None


def first_of(path: str, link: str) -> Callable[[Page], None]:
    """The first page that a list leads to."""

    def go(page: Page) -> None:
        page.goto(path)
        page.goto(page.locator(link).first.get_attribute("href") or path)

    return go


def found_person(page: Page) -> None:
    """A request about somebody whom the demo world knows, up to what is found."""
    page.goto("/desk/privacy?kind=erasure")
    known = page.locator("table a[href^='/desk/privacy/']").first
    if known.count():
        page.goto(f"{known.get_attribute('href')}/preview")
        return
    page.goto("/desk/privacy/new")
    page.check("input[name=kind][value=erasure]")
    page.fill("input[name=name]", "周倩")
    page.locator("form .form-buttons button[type=submit]").last.click()
    page.goto(f"{page.url}?q=周倩")
    for box in page.locator("input[name=about]").all():
        box.check()
    page.select_option("select[name=proof]", "called")
    page.locator("form[action$='/who'] button[type=submit]").click()


SHOTS = (
    Shot("desk-home", f"admin@{DOMAIN}", at("/desk")),
    Shot("health", f"admin@{DOMAIN}", at("/desk/health")),
    Shot("privacy", f"admin@{DOMAIN}", found_person),
    Shot("lane-search", f"chen.li@{DOMAIN}", at("/desk/lanes?q=SHA+LAX+40HQ")),
    Shot("quotation", f"chen.li@{DOMAIN}", first_of("/desk/quotations", "#list a[href^='/desk/quotations/']")),
    Shot("my-home", LIN, at("/my"), phone=True),
    Shot("my-entitlement", LIN, first_of("/my/entitlements", "main a[href*='/my/entitlements/']"), phone=True),
    Shot("my-statement", LIN, first_of("/my/statements", "#list a[href^='/my/statements/']")),
)  # fmt: skip


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instance", type=Path)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    TO.mkdir(parents=True, exist_ok=True)
    with world(given.instance) as instance:
        environment = {"PORTAL_INSTANCE": str(instance), "PORTAL_SIGN_IN_LIMIT": "1000 per minute"}
        with (
            served("wsgi:app", {**os.environ, **environment}) as (port, _process, _seconds),
            sync_playwright() as play,
        ):
            browser = play.chromium.launch(
                executable_path=browser_program(), args=["--no-sandbox", "--disable-gpu"]
            )
            for shot in SHOTS:
                if given.only in shot.name:
                    take(browser, f"http://127.0.0.1:{port}", shot)
            browser.close()


@contextmanager
def world(instance: Path | None) -> Iterator[Path]:
    """The folder that was given, or one with a demo world of its own."""
    if instance is not None:
        yield instance
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "portal", "setup", "--demo"]
        environment = {**os.environ, "PORTAL_INSTANCE": folder}
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        yield Path(folder)


def take(browser: Browser, address: str, shot: Shot) -> None:
    """One picture in each language."""
    for short, locale in LANGUAGES.items():
        context = browser.new_context(base_url=address, viewport=PHONE if shot.phone else WIDE)
        page = context.new_page()
        page.goto("/login")
        page.fill("input[name=email]", shot.who)
        page.fill("input[name=password]", PASSWORD)
        with page.expect_navigation():
            page.press("input[name=password]", "Enter")
        switch = page.locator(f"button[name=locale][value={locale}]")
        if switch.count():
            with page.expect_navigation():
                switch.evaluate(SWITCH)
        shot.go(page)
        page.wait_for_load_state()
        path = TO / f"{shot.name}.{short}.webp"
        path.write_bytes(small(page.screenshot(type="png")))
        print(f"{path.name}: {path.stat().st_size} bytes")
        context.close()


def small(png: bytes) -> bytes:
    """The picture as WebP, no wider than shown and no heavier than MOST_BYTES."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    if picture.width > SHOWN_WIDTH:
        height = round(picture.height * SHOWN_WIDTH / picture.width)
        picture = picture.resize((SHOWN_WIDTH, height), Image.Resampling.LANCZOS)
    for quality in range(80, 20, -10):
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()


if __name__ == "__main__":
    main()
