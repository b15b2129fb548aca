"""The portal with its demo world under gunicorn, and Debian's Chromium; axe looks at every page that a test visits."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from portal.demo.firm import PASSWORD
from tests.bench.load import served
from tests.browser.seen import Seen, shape

ROOT = Path(__file__).resolve().parent.parent.parent
SHOTS = ROOT / "tests" / "screenshots"
KEEPS_PICTURES = os.environ.get("PORTAL_TEST_PICTURES") == "1"
"""Pictures of all pages are for people who want to look at them; making them takes as long as all questions."""
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
PATIENCE_MS = 30_000  # a busy machine is no fault
WORLD_SECONDS = 600
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
ASK_AXE = """async (rules) => (await axe.run(document, rules)).violations
    .map((each) => [each.id, each.nodes.slice(0, 3).map((node) => [node.html, (node.any[0] || {}).message])])"""
ANSWERED = re.compile(r"Failed to load resource: .* status of (404|409|422)")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # the passes are long and nobody reads them
    "iframes": False,  # a preview has no scripts, so axe would only wait for its answer
    "rules": {
        "hidden-content": {"enabled": False}
    },  # never finds a violation, only something to look at
}
STYLE = ("color-contrast", "target-size")
PLAIN_RULES = {
    **RULES,
    "rules": {each: {"enabled": False} for each in ("hidden-content", *STYLE)},
}
"""Colours and sizes are two thirds of axe's work."""
FEATURES = """[...new Set([...document.querySelectorAll('*')].flatMap(
    (each) => [[each.localName, ...each.getAttributeNames().sort()].join(' '), ...each.classList]))]"""
"""What a page is made of: its elements with what is said of them, and what a style sheet chooses by."""


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run of the tests share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory, common: Path) -> Path:
    """The folder in which the served portal keeps its database, archive and mail, with a fresh demo world.

    The world is built once for all processes, under a lock, unless whoever started the tests does so (.ci/test.sh);
    each process serves a copy of its own.
    """
    if named := os.environ.get("PORTAL_TEST_WORLD"):
        return _copied(_awaited(Path(named)), tmp_path_factory)
    built, ready = common / "demo-world", common / "demo-world-is-ready"
    with (common / "demo-world-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            command = [sys.executable, "-m", "portal", "setup", "--demo"]
            environment = {**os.environ, "PORTAL_INSTANCE": str(built)}
            subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
            ready.touch()
    return _copied(built, tmp_path_factory)


def _awaited(world: Path) -> Path:
    """The world that is built beside the tests, as soon as it stands."""
    ready, failed = (world.with_name(f"{world.name}.{how}") for how in ("ready", "failed"))
    until = time.monotonic() + WORLD_SECONDS
    while not ready.exists():
        assert not failed.exists(), failed.read_text(encoding="utf-8")
        assert time.monotonic() < until, f"no demo world in {WORLD_SECONDS} s"
        time.sleep(0.5)
    return world


def _copied(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = tmp_path_factory.mktemp("served") / "instance"
    return Path(shutil.copytree(world, own, ignore=shutil.ignore_patterns("press")))


@pytest.fixture(scope="session")
def address(instance: Path) -> Iterator[str]:
    """Where the portal with a fresh demo world is served."""
    environment = {
        **os.environ,
        "PORTAL_INSTANCE": str(instance),
        "PORTAL_SIGN_IN_LIMIT": "1000 per minute",
    }
    with served("wsgi:app", environment) as (port, _process, _seconds):
        yield f"http://127.0.0.1:{port}"


def browser_program() -> str | None:
    """Debian's Chromium without its windows, which takes half as long; None: the one that Playwright brought."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, headless."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        chromium = playwright.chromium.launch(executable_path=browser_program(), args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def looked(common: Path) -> Seen:
    """What any process of this run has looked at."""
    return Seen(common / "looked-at")


@pytest.fixture
def visit(browser: Browser, address: str, looked: Seen) -> Iterator[Callable[..., Visitor]]:
    """Open the portal as somebody: `visit("lin@harbour.example", phone=True, scripts=False)`."""
    contexts: list[BrowserContext] = []

    def open_as(
        email: str | None = None,
        *,
        phone: bool = False,
        scripts: bool = True,
        locale: str = "zh-CN",
    ) -> Visitor:
        context = browser.new_context(
            base_url=address,
            viewport=PHONE if phone else DESK,
            java_script_enabled=scripts,
            locale=locale,
        )
        contexts.append(context)
        if scripts:
            context.add_init_script(AXE)
        visitor = Visitor(context.new_page(), phone=phone, scripts=scripts, looked=looked)
        if email:
            visitor.sign_in(email)
        return visitor

    yield open_as
    for context in contexts:
        context.close()


class Visitor:
    """Somebody at a browser; every page that is looked at must satisfy axe and fit its width."""

    def __init__(
        self, page: Page, *, phone: bool, scripts: bool, looked: Seen | None = None
    ) -> None:
        self.page = page
        self._looked = looked
        self.phone = phone
        self.scripts = scripts
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Through the form."""
        self.page.goto("/login")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", password)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/login" not in url)

    def open(self, path: str, name: str) -> Page:
        """Go there and look."""
        self.page.goto(path)
        return self.look(name)

    def look(self, name: str, *, asks_axe: bool = True) -> Page:
        """The page has no fault that axe knows, and nothing sticks out sideways."""
        self.page.wait_for_load_state()  # a form's answer may have only begun to come
        width = 360 if self.phone else 1280
        if KEEPS_PICTURES:
            SHOTS.mkdir(exist_ok=True)
            self.page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)
        assert self.complaints == [], self.complaints
        if self.scripts:
            rules = self._rules() if asks_axe else None
            assert rules is None or self._faults(rules) == [], name
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} px wide"
        return self.page

    def _rules(self) -> dict[str, object] | None:
        """What to ask axe about: nothing where this kind of page showed nothing else to anybody at this width.

        Colours and sizes where a feature is new to all pages, and on each kind of page that is asked about on a phone.
        """
        if self._looked is None:
            return RULES
        kind, found = shape(self.page.url), self.page.evaluate(FEATURES)
        here = [self._looked.first(("here", str(self.phone), kind, each)) for each in found]
        anywhere = [self._looked.first(("anywhere", each)) for each in found]
        if not any(here):
            return None
        is_first = self.phone and self._looked.first(("phone", kind))
        return RULES if is_first or any(anywhere) else PLAIN_RULES

    def _faults(self, rules: dict[str, object]) -> list[list[object]]:
        """What axe finds on the page as it stands: [rule, the first places]."""
        if not self.page.evaluate("'axe' in window"):  # a page that the test opened by itself
            self.page.evaluate(AXE)
        faults = list(self.page.evaluate(ASK_AXE, rules))
        if faults:  # a page may still be on its way to its place: what is a fault stays one
            self.page.wait_for_timeout(700)
            faults = list(self.page.evaluate(ASK_AXE, rules))
        return faults

    def _hear(self, message: ConsoleMessage) -> None:
        """Errors are faults; that a form was refused, or a paper is unknown, is an answer."""
        if message.type == "error" and not ANSWERED.search(message.text):
            self.complaints.append(f"{message.text} {message.location}")
