"""Pages that are mailed hold no inline script but their own, by its hash (SECURITY.md, third claim)."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html.parser import HTMLParser

import pytest

from pages import HOSTILE, chromium, sample
from polemos.app import assets
from polemos.report import argument, ledger, page
from polemos.score.calibration import Bin
from scenarios import tiny as write_tiny


class Inline(HTMLParser):
    """Policies of a page, the text of its scripts and style sheets, and attributes that would run or fetch."""

    def __init__(self, text):
        super().__init__()
        self.policies, self.elements, self.handlers, self.inside = [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if known.get("http-equiv") == "Content-Security-Policy":
            assert not self.elements, "the policy stands before what it is for"
            self.policies.append(known["content"])
        self.handlers += [name for name in known if name.startswith("on") or name == "src"]
        self.inside = tag if tag in ("script", "style") and known.get("type") != "application/json" else None
        if self.inside:
            self.elements.append([tag, ""])

    def handle_data(self, text):
        if self.inside:
            self.elements[-1][1] += text

    def handle_endtag(self, tag):
        self.inside = None


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The three kinds of page that are written to a file, with a hostile name on each."""
    here = tmp_path_factory.mktemp("pages")
    curves = {HOSTILE: [Bin(0.0, 0.1, 10, 0.05, 0.1)]}
    made = {
        "report": page.html(sample(write_tiny(here))),
        "what-if": assets.alone(f'{HOSTILE} content="content-policy-of-this-page"', {"state": {}, "name": HOSTILE}),
        "argument": argument.page(HOSTILE, "<p>Text</p>"),
        "calibration": ledger.write_calibration(curves, here / "calibration.html").read_text(encoding="utf-8"),
    }
    for name, text in made.items():
        (here / f"{name}.html").write_text(text, encoding="utf-8")
    return here


def sources(policy):
    return {words[0]: set(words[1:]) for words in (part.split() for part in policy.split("; "))}


@pytest.mark.parametrize("name", ["report", "what-if", "argument", "calibration"])
def test_the_policy_lets_in_exactly_the_scripts_and_sheets_of_the_page(pages, name):
    read = Inline((pages / f"{name}.html").read_text(encoding="utf-8"))
    (policy,) = read.policies
    allowed = sources(policy)
    assert allowed["default-src"] == {"'none'"}
    for tag in ("script", "style"):
        hashes = {
            f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
            for kind, text in read.elements
            if kind == tag
        }
        assert allowed[f"{tag}-src"] == (hashes or {"'none'"})
    assert allowed["img-src"] <= {"data:", "blob:"}
    assert allowed["base-uri"] == allowed["form-action"] == {"'none'"}
    assert "unsafe-inline" not in policy.replace("style-src-attr 'unsafe-inline'", "")
    assert "http" not in policy
    assert read.handlers == []


@pytest.mark.slow
def test_a_browser_runs_the_page_and_refuses_a_script_that_was_slipped_in(pages):
    for browser in chromium():
        for spoilt in (False, True):
            text = (pages / "report.html").read_text(encoding="utf-8")
            path = pages / "opened.html"
            path.write_text(
                text.replace("</body>", "<script>window.pwned = 1</script></body>" if spoilt else "</body>")
            )
            tab, said = browser.new_page(), []
            tab.on("console", lambda message, said=said: said.append(message.text))
            tab.goto(path.as_uri())
            tab.wait_for_selector("body[data-ready]", state="attached", timeout=20000)
            assert tab.evaluate("window.pwned") is None
            assert len(said) == spoilt
            assert all("Content Security Policy" in text for text in said)
            tab.close()
