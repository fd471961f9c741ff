"""Pages that are mailed hold no inline script but their own, by its hash (SECURITY.md, third claim)."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html.parser import HTMLParser

import pytest
from typer.testing import CliRunner

from pages import HOSTILE, chromium, sample
from polemos.app import assets
from polemos.cli.commands import app
from polemos.counterfactual import theory_ladder as ladders
from polemos.counterfactual.effects import Effect
from polemos.ensemble import atomic_files
from polemos.inference import sensitivity
from polemos.report.charts import experiments, ledger, save
from polemos.report.html import argument, page
from polemos.scores.calibration import Bin
from scenarios import tiny as write_tiny

PAGES = ("report", "what-if", "argument", "calibration", "hindcast", "hindcast-calibration", "sensitivity", "ladder")


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
    """The kinds of page that are written to a file, with a hostile name on each."""
    here = tmp_path_factory.mktemp("pages")
    row = sensitivity.Row(HOSTILE, "", "", "", "", 0.1, 0.2, 0.1, 0.1, 0.3, 0.2, 0.4, 0.5, 0.4, 0.6)
    rested = sensitivity.Sensitivity((row,), 0.5, 0.25, 100)
    effect = Effect("rain", HOSTILE, 2, 0.1, 0.2, 0.1, 0.0, 0.2, 1, 0, None)
    step = ladders.Step(ladders.Row(HOSTILE, "1", "2", ("beta_t",)), (effect,))
    climbed = ladders.Ladder("one", "two", True, (step,), (effect,), (), 2)
    experiment_charts = {
        "sensitivity": experiments.sensitivity(rested, HOSTILE),
        "ladder": experiments.ladder(climbed, ["rain"]),
    }
    for name, chart in experiment_charts.items():
        save.save(chart, here / f"{name}.html", HOSTILE)
    write_tiny(here / "war")
    words = "--origins 2 --leads 1mo --forecasters persistence,pooled"
    done = CliRunner().invoke(app, ["hindcast", str(here / "war" / "tiny"), *words.split(), "--out", str(here)])
    assert done.exit_code == 0, done.output
    (kept,) = {path.parent for path in here.rglob("chart.html")}
    made = {"hindcast": kept / "chart.html", "hindcast-calibration": kept / "calibration.html"}
    made = {name: path.read_text(encoding="utf-8") for name, path in made.items()}
    made |= {name: (here / f"{name}.html").read_text(encoding="utf-8") for name in experiment_charts}
    curves = {HOSTILE: [Bin(0.0, 0.1, 10, 0.05, 0.1)]}
    made |= {
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


@pytest.mark.parametrize("name", PAGES)
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


def test_a_chart_as_a_page_is_its_drawing_and_runs_nothing(pages):
    for name in ("calibration", "hindcast", "hindcast-calibration", "sensitivity", "ladder"):
        text = (pages / f"{name}.html").read_text(encoding="utf-8")
        assert "<svg" in text
        assert "script-src 'none'" in text
        assert "<script" not in text


def test_a_chart_of_a_hindcast_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    chart, path = ledger.calibration_chart({"me": [Bin(0.0, 0.1, 10, 0.05, 0.1)]}), tmp_path / "chart.svg"
    save.save(chart, path, "")
    before = path.read_bytes()
    monkeypatch.setattr(atomic_files, "sync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        save.save(chart, path, "")
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["chart.svg"]
