"""Pictures of the page of every war of the library, to be looked at: three widths, light, dark, grey and printed.

    python tools/page_pictures.py FOLDER [WAR | PAGE.html ...]

Each war is run with 200 members; a page that is a file already is taken as it is. A picture is of the whole page; its
first screen stands beside it, and the printed page is a PDF too. Fails where a page says something on the console,
sends a request, or is wider than its window.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

from polemos.ensemble.config import RunConfig
from polemos.report.page.assess import account, write
from polemos.scenario.load import library
from polemos.war import assessment
from polemos.war.war import load

WIDTHS, LOOKS, MEMBERS = (400, 1000, 1600), ("light", "dark", "grey", "print"), 200
PAPER = 794
"""Pixels of the width of A4: no paper is narrower."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def picture(browser: Any, page: Path, folder: Path, width: int, look: str) -> list[str]:
    """Take both pictures of a page; gives what is wrong with it."""
    wrong: list[str] = []
    scheme = "dark" if look == "dark" else "light"
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    tab = context.new_page()
    tab.on("console", lambda message: wrong.append(message.text))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("request", lambda request: wrong.append(request.url) if request.url.startswith("http") else None)
    tab.goto(page.resolve().as_uri())
    tab.wait_for_timeout(500)
    if look == "print":
        tab.emulate_media(media="print")
        if width == WIDTHS[0]:
            tab.pdf(path=folder / f"{page.stem}.pdf", format="A4", print_background=True)
    if look == "grey":
        tab.add_style_tag(content="html { filter: grayscale(1); }")
    name = f"{page.stem}-{width}-{look}"
    tab.screenshot(path=folder / f"{name}-first.png")
    tab.screenshot(path=folder / f"{name}.png", full_page=True)
    if (look != "print" or width >= PAPER) and tab.evaluate("document.documentElement.scrollWidth") > width:
        wrong.append(f"wider than {width} pixels")
    context.close()
    return [f"{name}: {one}" for one in wrong]


def page_of(name: str, folder: Path) -> Path:
    """Run a war and write its page."""
    war = load(name)
    assessed = assessment.simulate(war, war.plan(RunConfig(members=MEMBERS)), whole=True)
    return write(account(assessed), folder / f"{name}.html")


def main(folder: Path, names: list[str]) -> int:
    """Make the pages and take the pictures."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    executable = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    wrong: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=executable)
        for name in names or library():
            page = Path(name) if name.endswith(".html") else page_of(name, folder)
            for width in WIDTHS:
                for look in LOOKS:
                    wrong += picture(browser, page, folder, width, look)
        browser.close()
    print("\n".join(wrong) or f"Pictures: {folder}")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="wars of the library, or pages that are files; default: all wars")
    given = parser.parse_args()
    sys.exit(main(given.folder, given.names))
