"""The first screen: words of one lexicon, which questions stand there, and sentences made from scores alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import polemos
from pages import sample
from polemos.argument.claims import Argument, Claim
from polemos.questions.questions import Held
from polemos.record.from_scenario import load
from polemos.report.html.argument_graph import argument_graph, forecasts_of, mechanisms_of
from polemos.report.html.basemap_svg import text_width
from polemos.report.html.dot_chart import NARROW, WIDE, dot_chart, wrapped
from polemos.report.html.lists import because, likely_section
from polemos.report.html.page import days_in_words, html, unbroken
from polemos.report.html.skill_chart import skill_chart, track_record_section
from polemos.report.page.assess import in_roles
from polemos.report.page.came_later import came_later
from polemos.report.page.contents import Coverage, ForecastRow, Stand, Who
from polemos.report.page.failures import failures, missed_bands
from polemos.report.page.headline_questions import headline_questions
from polemos.report.page.likelihood_words import in_words, likelihood
from polemos.report.page.likely_changes import changes_of, days_ahead, likely_changes
from polemos.report.page.story import story, verdict, wrong_where_the_author_was_right
from polemos.report.page.track_record import sentence, skill_rows
from scenarios import tiny as write_tiny

WHO = (Who("author", "author"), Who("rival", "rival"), Who("model", "model"), Who("persistence", "baseline"))


def row(name, group, author, outcome, model=None, **more):
    stands = [Stand("author", author, max(author - 0.1, 0), min(author + 0.1, 1))] if author is not None else []
    stands += [Stand("model", model)] if model is not None else []
    return ForecastRow(name, group, f"Text of {name}", "author", "", outcome, tuple(stands), **more)


@pytest.fixture
def contents(tmp_path):
    return sample(write_tiny(tmp_path), hostile=False)


ARGUMENT = Argument.model_validate(
    {
        "title": "The keep will stand",
        "published": "An almanac, May 2001; with a letter",
        "vintages": {"V1": "2002-01-01"},
        "claims": [
            {
                "id": name,
                "kind": kind,
                "owner": owner,
                "group": "walls",
                "text": "it stands",
                "strict": "Does it stand?",
                "coding": {"low": low, "mid": mid, "high": high},
                "outcome": {"value": outcome},
                "carrier": {"by": "nothing", "reason": "a test"},
                "disputed_by": against,
            }
            for name, kind, owner, low, mid, high, outcome, against in (
                ("P1", "forecast", "author", 0.8, 0.9, 0.95, 0, ["R1"]),
                ("P2", "forecast", "author", 0.8, 0.9, 0.95, 1, ["R2"]),
                ("P3", "forecast", "author", 0.8, 0.9, 0.95, 0, ["R3"]),
                ("R1", "rival", "rival", 0.7, 0.8, 0.9, 1, []),
                ("R2", "rival", "rival", 0.7, 0.8, 0.9, 0, []),
                ("R3", "rival", "rival", 0.1, 0.2, 0.3, 0, []),
            )
        ],
    }
)


@given(st.floats(0, 1))
def test_every_probability_has_one_word_and_more_is_never_less_likely(probability):
    order = [
        "exceptionally unlikely",
        "very unlikely",
        "unlikely",
        "about as likely as not",
        "likely",
        "very likely",
        "virtually certain",
    ]
    assert order.index(likelihood(probability)) <= order.index(likelihood(min(1.0, probability + 0.3)))


@pytest.mark.parametrize(
    ("probability", "members", "words"),
    [
        (0.12, 0, "unlikely (12 %)"),
        (0.5, 0, "about as likely as not (50 %)"),
        (0.004, 0, "exceptionally unlikely (under 1 %)"),
        (0.997, 0, "virtually certain (over 99 %)"),
        (0.0, 60, "exceptionally unlikely (none of 60 simulated wars)"),
        (1.0, 1000, "virtually certain (all of 1,000 simulated wars)"),
    ],
)
def test_the_number_stands_beside_the_word(probability, members, words):
    assert in_words(probability, members) == words


def test_no_probability_has_no_word():
    with pytest.raises(ValueError, match=r"1\.2 is no probability"):
        likelihood(1.2)


def test_topics_are_right_too_early_or_wrong_by_their_scores():
    later = np.datetime64("2003-01-01")
    rows = [
        *(row(f"a{i}", "walls", 0.9, True) for i in range(3)),
        *(row(f"b{i}", "dates", 0.9, False, later=later) for i in range(2)),
        *(row(f"c{i}", "men", 0.9, False) for i in range(2)),
        *(row(f"d{i}", "grain", 0.9, bool(i)) for i in range(2)),
        row("e", "rain", 0.9, True),
    ]
    said = [(one, one.stands[0]) for one in rows]
    assert verdict(said) == "right on walls, too early on dates, wrong on men"
    assert verdict(said[7:9]) == "right and wrong in turn on grain"
    assert verdict(said[9:]) == "", "one statement is no topic"


def test_the_story_of_an_argument_says_who_claimed_what_and_who_was_right(contents):
    rows = (
        *(row(f"a{i}", "walls", 0.9, True, model=0.2, title=f"Wall {i} stands") for i in range(3)),
        *(row(f"c{i}", "men", 0.8, False, model=0.1) for i in range(2)),
        row("open", "men", 0.8, None),
    )
    made = replace(contents, argument=ARGUMENT, forecasters=WHO, forecasts=rows)
    told = story(made)
    assert told.headline == "The author was right on walls, wrong on men"
    claimed, surest, disputed, model = told.standfirst
    assert "“The keep will stand” (An almanac, May 2001) made 6 forecasts; " in claimed
    assert "5 took a side and can be checked, and 3 of these came true" in claimed
    assert "Most sure and right: “Wall 0 stands”, put at 80-100 %, which happened." in surest
    assert "Most sure and wrong: “Text of c0”, put at 70-90 %, which did not happen." in surest
    assert disputed == "Of the 3 settled points on which a rival disagreed, the rival was nearer to what happened on 2."
    # Model: three times (0.2 - 1)^2 and twice 0.1^2; author: three times 0.1^2 and twice 0.8^2.
    assert "On the 5 questions that both answered it did worse than the author" in model
    assert "0.39 against 0.26" in model
    assert "at least 90 % sure of 2 of its answers" in model
    assert wrong_where_the_author_was_right(made).startswith(
        "The model was wrong and the author right on 3 questions: “Wall 0 stands” (model 20 %, author 90 %; it "
        "happened)"
    )


def test_without_an_argument_the_story_is_what_is_expected_and_how_sure(contents):
    told = story(contents)
    assert told.headline == "Likely (87 %), and it happened: The Crown in Alder"
    assert any(sentence.startswith("By 2 April 2002, ") for sentence in told.standfirst)
    assert "the model was on the right side of 2" in told.standfirst[-2]
    # The log score of the rule is 0.2 a month ahead, that of the model 0.1, at the later of two leads three times that.
    assert told.standfirst[-1] == (
        "On 2 dates of this war it was asked who would hold every place 3 months later: the best forecaster (the "
        "simulated wars) made 50 % less error than the simple rule “no change”."
    )


def test_three_outcomes_make_a_headline_that_counts_them_and_names_the_best_simple_rule(contents):
    who = (*WHO, Who("no change", "baseline"))
    rows = [row("a", "walls", None, True, model=0.1), row("b", "men", None, False, model=0.2)]
    rows += [row("c", "grain", None, True, model=0.3)]
    rows = [replace(one, stands=(*one.stands, Stand("no change", 0.5))) for one in rows]
    told = story(replace(contents, argument=None, forecasters=who, forecasts=tuple(rows)))
    assert told.headline == "The model was right on 1 of 3 questions, worse than the best simple rule"
    assert told.standfirst[0].startswith("Most sure and right: “Text of b”, put at 20 %, which did not happen.")
    assert "Most sure and wrong: “Text of a”, put at 10 %, which happened." in told.standfirst[0]


def test_a_war_whose_holders_are_guessed_says_so_first(contents):
    record = np.full_like(contents.record, -1)
    text = "Nobody has observed who holds these places: the forecast begins with a guess."
    assert story(replace(contents, record=record, argument=None)).standfirst[0] == text
    assert text not in story(replace(contents, argument=None)).standfirst
    page = html(replace(contents, record=record))
    assert "<h2>What is expected</h2>" in page
    assert "On the left is what happened" not in page
    assert "On the left is what happened" in html(contents)


def test_without_an_outcome_nothing_is_said_to_have_happened(contents):
    rows = tuple(replace(one, outcome=None) for one in contents.forecasts)
    told = story(
        replace(
            contents, forecasts=rows, record=np.where(contents.dates[:, None] > contents.origin, -1, contents.record)
        )
    )
    assert told.headline == "Likely (87 %): The Crown in Alder"
    assert "happen" not in " ".join(told.standfirst)
    assert " had." not in " ".join(told.standfirst)


def test_a_matter_of_course_is_no_headline(contents):
    rows = (row("sure", "walls", None, True, model=1.0), row("open", "walls", None, True, model=0.6, title="The gate"))
    assert (
        story(replace(contents, forecasts=rows)).headline == "About as likely as not (60 %), and it happened: The gate"
    )
    assert story(replace(contents, forecasts=rows[:1])).headline.startswith("Virtually certain")


def test_a_failure_is_said_first(contents):
    rows = (row("a", "walls", None, True, model=0.0, title="The gate falls."),)
    assert story(replace(contents, forecasts=rows, simulated=50)).headline == (
        "Exceptionally unlikely (none of 50 simulated wars), yet it happened: The gate falls"
    )


def test_a_run_without_a_question_says_how_much_is_expected_to_move(contents):
    told = story(replace(contents, forecasts=()))
    assert told.headline.startswith("By 2 April 2002, ")
    assert told.headline.endswith(" had")
    assert told.headline + "." not in told.standfirst
    unknown = np.full_like(contents.record, -1)
    assert story(replace(contents, forecasts=(), record=unknown)).headline == contents.title
    assert dot_chart((), WHO) == ""


def test_questions_of_the_first_screen_differ():
    rows = [
        row("near", "walls", 0.5, True, model=0.5, title="The keep without a wall in May"),
        row("far", "walls", 0.9, True, model=0.1, title="The keep without a wall in June"),
        row("other", "walls", 0.9, False, model=0.2, title="The keep without a wall in March"),
        row("men", "men", 0.9, True, model=0.4, title="Half of the men gone"),
        row("silent", "men", None, True, title="Nobody spoke"),
    ]
    chosen = [one.id for one in headline_questions(rows, WHO)]
    assert chosen == ["near", "far", "other", "men"], "with so few, what is alike comes back"
    assert [one.id for one in headline_questions(rows, WHO, most=2)] == ["far", "men"]
    many = [row(f"q{i}", f"topic {i % 3}", 0.9, True, model=0.1, title=f"name{i} word{i}") for i in range(20)]
    assert len(headline_questions(many, WHO)) == 8


def test_what_a_forecast_asked_for_is_found_after_its_day(tmp_path):
    world = load(write_tiny(tmp_path))
    ends = [end for end in world.spells.end if not np.isnat(end)]
    change = int(np.argmax(world.spells.start))
    place = world.places.id[int(world.spells.place[change])]
    holder = world.organisations.id[int(world.spells.holder[change])]
    start = world.spells.start[change]
    assert len(ends)

    def asked(date):
        return Held(
            id="q", kind="held", title="t", asked="a", origin="2001-02-01", by=(holder,), places={"ids": (place,)},
            date=str(date),
        )  # fmt: skip

    early = start - np.timedelta64(10, "D")
    found = came_later(asked(early), world)
    assert found is not None
    assert early < found
    assert start <= found
    assert came_later(asked(world.until), world) is None, "nothing is later than the end of the record"


def test_a_chart_is_whole_and_no_text_leaves_its_column():
    long = "A title that goes on " * 9
    rows = [row("a", "walls", 0.9, True, model=0.2, title=long), row("b", "men", 0.3, None, model=0.4, title="<b> & c")]
    for layout in (WIDE, NARROW):
        tree = ElementTree.fromstring(dot_chart(rows, WHO, layout))
        assert tree.get("width") == str(layout.width)
        texts = [one.text for one in tree.iter("{http://www.w3.org/2000/svg}text")]
        assert "<b> & c" in texts
        assert "author 20-40\u00a0%, simulated wars 40\u00a0%: outcome unknown" in " ".join(map(str, texts))
        rings = [one for one in tree.iter("{http://www.w3.org/2000/svg}circle") if one.get("class") == "came"]
        assert len(rings) == 2, "one in the key, one of the question with an outcome"
    assert all(text_width(line) * 15 / 11 <= 300 for line in wrapped(long, 300))
    assert wrapped(long, 300)[-1].endswith("…")
    assert wrapped("Unbroken" * 40, 100)[0].endswith("…")


def test_the_places_likeliest_to_change_hands_say_from_whom_to_whom():
    # Three places, holders 0, 1 and nobody (2), on three days.
    probability = np.array([[[0.9, 0.1, 0], [0.6, 0.4, 0], [0, 1, 0]], [[0.5, 0.2, 0.3], [0.6, 0.4, 0], [0, 1, 0]]])
    held, later = np.array([0, 1, 1]), np.array([[0, 1, -1], [1, 1, -1]])
    first, second = likely_changes(probability, held, later, {1: ("next door", "new gains")})
    assert (first.place, first.holder, first.to) == (1, 1, 0)
    assert first.probability == pytest.approx((0.6, 0.6))
    assert first.changed == (False, False)
    assert first.reasons == ("next door", "new gains")
    assert (second.place, second.holder, second.to) == (0, 0, 2)
    assert second.probability == pytest.approx((0.1, 0.5))
    assert second.changed == (False, True)
    assert likely_changes(probability, np.array([-1, -1, 1]), later) == (), "nobody knows who has the first two"


def test_days_of_the_list_end_with_the_run():
    origin = np.datetime64("2002-01-01")
    assert [str(day) for day in days_ahead(origin, np.datetime64("2002-05-01"))] == ["2002-01-31", "2002-04-02"]


def test_the_list_stands_on_the_page_with_what_happened(contents):
    rows = changes_of(contents)
    # The model half believes that what happened happens: only what changes is likely to.
    assert {row.probability[-1] for row in rows} == {0.5}
    assert all(row.changed[-1] for row in rows)
    text = likely_section(contents)
    assert f" months, {len(rows)} of these {len(rows)} really had another holder." in text
    assert "50 %" in text
    assert likely_section(replace(contents, probability=np.zeros_like(contents.probability))) != ""


def test_failures_are_said_worst_first(contents):
    rows = (
        row("good", "walls", None, True, model=0.9),
        row("bad", "walls", None, True, model=0.3),
        row("worst", "walls", None, False, model=0.99),
    )
    said = failures(replace(contents, forecasts=rows, simulated=100, coverage=()))
    assert said[:2] == (
        "“Text of worst” was put at 99 %; it did not happen.",
        "“Text of bad” was put at 30 %; it happened.",
    )
    narrow = (
        Coverage(1, "people", 50, 0.2, 0.6),
        Coverage(0, "people", 50, 0.1, 0.3),
        Coverage(0, "places", 50, 0.5, 0.9),
    )
    first, second = missed_bands(replace(contents, coverage=narrow))
    assert "at 30 % of 50 dates" in first
    assert "at 60 % of 50 dates" in second


def test_a_place_taken_for_sure_that_fell_is_named(contents):
    sure = np.zeros_like(contents.probability)
    held = contents.record[contents.origin_index]
    sure[:, np.arange(len(held)), held] = 200
    said = failures(replace(contents, probability=sure, forecasts=(), coverage=()))
    after = contents.record[contents.first + 26]
    fallen = [name for name, a, b in zip(contents.places.name, held, after, strict=True) if a != b]
    assert len(said) == 1
    assert fallen
    assert all(name in said[0] for name in fallen)
    assert f"{len(fallen)} of {len(held)} places" in said[0]


SKILL = {
    "kind": "hindcast",
    "origins": ["2001-06-01", "2001-07-01"],
    "leads": ["1mo", "3mo"],
    "members": 50,
    "reference": "persistence",
    "rows": [
        {
            "forecaster": name,
            "lead": lead,
            "scope": "all",
            "log": 0.2,
            "brier": 0.1,
            "skill": {"mean": mean, "low": mean - 0.1, "high": mean + 0.1},
        }
        for name, mean in (("persistence", 0.0), ("model", -0.2), ("front hazard", 0.25))
        for lead in ("1mo", "3mo")
    ],
}


def test_the_track_record_has_a_row_a_forecaster_and_its_interval(contents):
    rows = skill_rows(SKILL)
    assert [one.forecaster for one in rows] == ["model", "model", "front hazard", "front hazard"]
    assert sentence(rows, 2) == (
        "On 2 dates of this war it was asked who would hold every place 3 months later: the best forecaster (captures "
        "at the front, learnt from the past of this war) made 25 % less error (90 % interval 15 to 35 % less) than the "
        "simple rule “nothing changes”."
    )
    bad = [one for one in rows if one.forecaster == "model"]
    assert "no forecaster did better than the simple rule “nothing changes”" in sentence(bad, 2)
    for width in (720, 360):
        tree = ElementTree.fromstring(skill_chart(rows, width))
        assert len(list(tree.iter("{http://www.w3.org/2000/svg}circle"))) == 4
        texts = [one.text for one in tree.iter("{http://www.w3.org/2000/svg}text")]
        assert texts.count("+25 %") == 2
    text = track_record_section(replace(contents, results=(SKILL,)))
    assert "−20 % (−30 to −10)" in text
    assert "2 dates, 2001-06-01 to 2001-07-01, 50 simulated wars" in text
    assert "Nobody has asked the model on other dates" in track_record_section(replace(contents, results=()))


def test_a_board_has_the_rows_of_its_war():
    def one(war, name, skill):
        interval = {"mean": skill, "low": None, "high": None}
        return {"war": war, "lead": "1mo", "forecaster": name, "best_rule": "persistence", "skill": interval}

    rows = [
        one(war, name, skill)
        for war in ("tiny", "other")
        for name, skill in (("persistence", 0.0), ("forecast", 0.1))
    ]  # fmt: skip
    board = {"kind": "board", "protocol": {}, "means": [], "rows": rows}
    (only,) = skill_rows(board, "tiny")
    assert (only.forecaster, only.skill, only.reference) == ("forecast", 0.1, "persistence")


def test_the_argument_is_a_picture_with_what_each_claim_is_worth():
    resting = [
        claim.model_copy(update={"mechanisms": ("M1",)}) for claim in ARGUMENT.claims if claim.kind == "forecast"
    ]
    carrier = {"by": "process", "processes": ["a"]}
    mechanism = Claim.model_validate(
        {"id": "M1", "kind": "mechanism", "owner": "author", "text": "walls <hold>", "carrier": carrier}
    )
    argument = ARGUMENT.model_copy(update={"claims": (mechanism, *resting)})
    forecasts = forecasts_of(argument)
    # 0.25 - (0.9 - outcome)^2, of outcomes 0, 1, 0.
    assert [one.worth for one in forecasts] == pytest.approx([-0.56, 0.24, -0.56])
    (only,) = mechanisms_of(argument, forecasts)
    assert only.worth == pytest.approx((-0.56 + 0.24 - 0.56) / 3)
    assert only.outcomes == 3
    tree = ElementTree.fromstring(argument_graph(argument))
    texts = ["".join(one.itertext()) for one in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert any("Walls <hold>" in text for text in texts)
    assert "90 %: did not happen (-0.56)" in texts
    edges = [one for one in tree.iter("{http://www.w3.org/2000/svg}path") if one.get("stroke-width")]
    assert [one.get("class") for one in edges] == ["bad", "good", "bad"]
    assert argument_graph(ARGUMENT) == "", "no forecast names a mechanism"


def test_a_reason_calls_organisations_by_what_they_are_to_the_place():
    assert in_roles("guild has held it before, crown_guards not", "guild", "crown") == (
        "the next holder has held it before, crown_guards not"
    )
    assert in_roles("crown holds less", "guild", "crown") == "the holder holds less"


def test_a_war_of_the_library_says_how_good_forecasts_of_it_have_been():
    from polemos.report.page.related_results import library_board
    from polemos.report.page.track_record import sentence, skill_rows

    run = polemos.load("sri_lanka").run(members=2, origin="2008-01-01", until="2008-02-01")
    (board,) = library_board(run)
    rows = skill_rows(board, "sri_lanka")
    assert {row.lead for row in rows} >= {"1mo", "6mo"}
    told = sentence(rows, len(board["origins"]))
    assert told.startswith("On 18 dates of this war it was asked who would hold every place")
    assert "the forecast made 16 % less error (90 % interval 11 to 20 % less) than the simple rule" in told


def test_every_war_of_the_library_has_its_rows_on_the_board():
    import json

    from polemos.report.page import related_results

    path = Path(related_results.__file__).with_name("library_board.json")
    there = json.loads(path.read_text(encoding="utf-8"))
    assert set(polemos.scenarios()) <= set(there)
    assert all(len(war["rows"]) > 20 for war in there.values())


def test_reasons_name_nobody_twice_in_a_row():
    assert because(("the next holder took two places", "the next holder has more air support")) == (
        "the next holder took two places, has more air support"
    )
    assert because(("the holder lost men", "the next holder has held it before", "new gains")) == (
        "the holder lost men; the next holder has held it before; new gains"
    )
    assert because(()) == ""


def test_days_of_limits_are_written_as_on_the_rest_of_the_page():
    assert days_in_words("25 look past 2019-12-31, the last day.") == "25 look past 31 December 2019, the last day."


def test_numbers_stay_with_their_millions():
    assert unbroken("2.9 million in 4 % of places") == "2.9\u00a0million in 4\u00a0% of places"
