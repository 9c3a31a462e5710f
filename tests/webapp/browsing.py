"""A real browser, and what is asked of every page that it shows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Request, Response, sync_playwright

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
"""Screenshots are for people, and are taken when this folder is there (`make screenshots`)."""

MOST_BYTES = 150_000
"""How much a page may send over the wire, with everything that it loads."""

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True},
    "narrow": {"viewport": {"width": 320, "height": 700}, "color_scheme": "dark"},
}
RULES: Mapping[str, Sequence[str]] = {
    "light": [],
    "dark": ["color-contrast"],
    "phone": ["target-size", "scrollable-region-focusable"],
}
"""The rules of axe that a look can break, beside those that another one has been held to."""

GIVEN_UP = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx says of a request that ended with its page; one that fails is told by others of its events."""

SHOT = ("light", "dark", "phone")
SERIOUS = {"serious", "critical"}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A page that is open, and all that it asked for and complained of on the way."""

    page: Page
    url: str
    said: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def note_failure(self, request: Request) -> None:
        """Keep what failed; what the browser itself gave up because it went on to another page did not."""
        if request.failure != "net::ERR_ABORTED":
            self.said.append(f"{request.url}: {request.failure}")

    def note_word(self, kind: str, text: str) -> None:
        """Keep what a page complains of; htmx tells as well what the browser gave up because it went on."""
        if kind in {"error", "warning"} and not text.startswith(GIVEN_UP):
            self.said.append(text)

    def go(self, path: str) -> Page:
        """Open a page of the space."""
        self.answers.clear()
        self.page.goto(self.url + path)
        return self.page

    def narrow(self) -> None:
        """Hold the page to the width of the narrowest screen."""
        self.page.set_viewport_size(LOOKS["narrow"]["viewport"])
        self.fits()
        self.page.set_viewport_size(LOOKS["light"]["viewport"])

    def fits(self) -> None:
        """Hold the page to the width of its window."""
        assert self.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    def shoot(self, name: str) -> None:
        """Write a screenshot of the whole page, if they are wanted."""
        if SCREENSHOTS.is_dir():
            self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    def looks(self, name: str = "") -> Iterator[str]:
        """Show the page in one look after the other, fitting each; write screenshots under ``name`` if there is one.

        The page is loaded once: a look changes the window and the colours, and the page follows.
        """
        for look, options in LOOKS.items():
            self.page.set_viewport_size(options["viewport"])
            self.page.emulate_media(color_scheme=options["color_scheme"])
            self.fits()
            yield look
            if name and look in SHOT:
                self.shoot(f"{name}-{look}")
        self.page.set_viewport_size(LOOKS["light"]["viewport"])
        self.page.emulate_media(color_scheme=LOOKS["light"]["color_scheme"])

    def everywhere(self, name: str = "") -> None:
        """Audit the page in every look; write its screenshots under ``name`` if there is one."""
        for look in self.looks(name):
            if look in RULES:
                self.audit(RULES[look])

    def audit(self, rules: Sequence[str] = ()) -> None:
        """Hold the page to what every page must be: accessible, this space's alone, light, no wider than the screen.

        Args:
            rules: those of axe that are tried; all of them without any.
        """
        if not self.page.evaluate("!!window.axe"):
            self.page.evaluate(AXE_SCRIPT)
        options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
        found = self.page.evaluate("options => axe.run(options).then(found => found.violations)", options)
        serious = [
            f"{item['id']}: {node['html'][:200]} ({node.get('failureSummary', '')[:200]})"
            for item in found
            if item["impact"] in SERIOUS
            for node in item["nodes"][:3]
        ]
        assert serious == [], "\n".join(serious)
        assert not self.said, self.said
        assert [answer.url for answer in self.answers if not answer.url.startswith((f"{self.url}/", "data:"))] == []
        self.fits()
        weight = sum(answer.request.sizes()["responseBodySize"] for answer in self.answers if answer.ok)
        assert weight < MOST_BYTES, f"{weight} bytes"


@contextmanager
def visiting(browser: Browser, url: str, look: str = "light") -> Iterator[Visit]:
    """Open an empty page in a session of its own; what its console says and what fails in it is kept."""
    context = browser.new_context(reduced_motion="reduce", **LOOKS[look])  # colours change at once
    page = context.new_page()
    visit = Visit(page, url)
    page.on("console", lambda message: visit.note_word(message.type, message.text))
    page.on("pageerror", lambda error: visit.said.append(str(error)))
    page.on("response", lambda answer: visit.answers.append(answer))  # noqa: PLW0108  (playwright marks the function)
    page.on("requestfailed", visit.note_failure)
    try:
        yield visit
    finally:
        context.close()


def sign_in(visit: Visit, token: str) -> None:
    """Sign in with an API token, by keyboard alone."""
    page = visit.go("/sign-in?with=token")
    page.locator("#token:focus").wait_for()
    page.keyboard.type(token)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{visit.url}/")
