"""Sections for what other commands left: counterfactuals, a posterior, a sensitivity; a hindcast's table. Escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from polemos.forecasters.leads import lead_words
from polemos.report.html.tables import folded, plain, wide

MOST = 15
SCOPES = {"all": "all places", "front": "places next to a front"}


def sections(results: Sequence[Mapping[str, Any]]) -> str:
    """One section a kind, in a fixed order; nothing where there is no result."""
    makers = {
        "facts": fact_matrix,
        "counterfactual": counterfactual,
        "posterior": posterior,
        "sensitivity": sensitivity,
    }
    return "".join(make(one) for kind, make in makers.items() for one in results if one["kind"] == kind)


def hindcast_table(result: Mapping[str, Any]) -> str:
    """Log and Brier scores of a hindcast by lead and scope, folded, with what they rest on."""
    cells = [
        (
            f"{row['forecaster']}, {SCOPES.get(row['scope'], row['scope'])}",
            lead_words(str(row["lead"])),
            f"{row['log']:.3f}",
            f"{row['brier']:.3f}",
        )
        for row in result["rows"]
    ]
    origins = result["origins"]
    basis = (
        f"{len(origins)} dates, {origins[0]} to {origins[-1]}, {result['members']} simulated wars" if origins else ""
    )
    return folded(
        "All scores of the hindcast", plain(("forecaster", "ahead", "log score", "Brier score"), cells, basis)
    )


def counterfactual(result: Mapping[str, Any]) -> str:
    """A paired experiment: probabilities with and without a change, all else equal draw by draw."""
    title = f"{result['claim']}: {result['text']}" if result.get("claim") else "What if"
    cells = [
        (
            str(one["title"]),
            f"{100 * one['factual']:.0f} %",
            f"{100 * one['counterfactual']:.0f} %",
            f"{100 * one['difference']:+.1f} ({100 * one['low']:+.1f} to {100 * one['high']:+.1f})",
        )
        for one in result["effects"]
    ]
    table = plain(("question", "as it was", "with the change", "difference in points (90 %)"), cells)
    changes = ", ".join(str(change) for change in result["changes"])
    notes = " ".join(str(result[name]) for name in ("note", "thin") if result.get(name))
    return (
        f'<section class="what-if"><h2>{escape(title)}</h2><p class="lead">Changed: {escape(changes)}. '
        f"{result['members']} simulated wars from {escape(str(result['origin']))} to {escape(str(result['until']))}, "
        f"each run twice with the same chance events.</p><p><b>{escape(str(result.get('sentence', '')))}</b></p>"
        f"{wide('Questions with and without the change', table)}"
        f'<p class="small">{escape(notes)}</p></section>'
    )


def fact_matrix(result: Mapping[str, Any]) -> str:
    """Facts against theories: what each theory makes of each fact, and for which of the first two it speaks."""
    names = [str(name) for name in result["theories"]]
    verdicts = [{str(row["theories"][name]["verdict"]) for name in names} for row in result["facts"]]
    # What no theory can say anything of comes last, and by name alone.
    is_open = [one <= {"too rare", "not in the model"} for one in verdicts]
    rows = "".join(_fact(row, names) for row, left_out in zip(result["facts"], is_open, strict=True) if not left_out)
    silent = [str(row["title"]) for row, left_out in zip(result["facts"], is_open, strict=True) if left_out]
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in ("fact", *names, "speaks for"))
    counts = "; ".join(
        f"{name}: " + ", ".join(f"{count} {verdict}" for verdict, count in result["verdicts"][name].items() if count)
        for name in names
    )
    who, _, times = _for(result["evidence"]).partition(", ")
    together = f"All facts together speak for: {escape(who)}."
    if times:
        together = (
            f"All facts together were likelier under <b>{escape(who)}</b>, {escape(times)} at the most, since the "
            f"facts of one war depend on each other ({escape(' against '.join(names[:2]))})."
        )
    rest = f'<p class="small">No theory says anything of: {escape("; ".join(silent))}.</p>' if silent else ""
    return (
        '<section id="facts"><h2>Facts against theories</h2><p class="lead">The wars of each theory were simulated '
        f"without these facts. Does what happened look like those wars? {together}</p>"
        f"<p>{escape(counts)}.</p>"
        '<ul class="plainly"><li>● typical: the middle war of the theory lies within what happened.</li>'
        "<li>◐ possible: what happened lies between the 5 and 95 % points of its wars.</li>"
        "<li>○ missed: it lies outside. In brackets: the share of the wars that lie within what happened.</li>"
        "<li>Too rare: too few of its wars come to such a case. Speaks for: the theory, of the first two, under which "
        "the fact was likelier, and how many times.</li></ul>"
        f"{wide('Facts against theories', f'<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>')}"
        f'{rest}<p class="small">{result["members"]} simulated wars a run and theory.</p></section>'
    )


def _fact(row: Mapping[str, Any], names: Sequence[str]) -> str:
    cells = "".join(_verdict(row["theories"][name]) for name in names)
    happened = f'<br><span class="small">happened: {escape(str(row["seen"]))}</span>'
    speaks = escape(_for(row["evidence"]))
    return f'<tr><th scope="row">{escape(str(row["title"]))}{happened}</th>{cells}<td>{speaks}</td></tr>'


def _for(evidence: Any) -> str:
    """For whom a fact speaks: `rival, 1.8 times`; as it is where it names nobody."""
    name, _, times = str(evidence).rpartition(" ")
    who, _, number = name.rpartition(" ")
    return f"{who}, {number} times" if times == "x" and who else str(evidence)


def _verdict(cell: Mapping[str, Any]) -> str:
    mark = {"typical": "●", "possible": "◐", "missed": "○"}.get(str(cell["verdict"]), "–")
    share = "" if cell["inside"] is None else f" ({100 * float(cell['inside']):.0f} %)"
    return f'<td class="verdict"><span aria-hidden="true">{mark}</span> {escape(str(cell["verdict"]))}{share}</td>'


def posterior(result: Mapping[str, Any]) -> str:
    """Parameters learnt from the record: prior and posterior."""
    cells = [
        (
            str(row["parameter"]),
            str(row["prior"]),
            _cell(row["prior_quantiles"]),
            _cell(row["posterior_quantiles"]),
            "" if row.get("contraction") is None else f"{100 * row['contraction']:.0f} %",
        )
        for row in result["parameters"]
    ]
    heads = ("parameter", "prior", "prior: 5, 50, 95 %", "posterior: 5, 50, 95 %", "narrower by")
    failed = "; ".join(str(one) for one in result.get("failed") or ())
    verdict = f"Checks that it failed: {failed}." if failed else "It passed its checks."
    return (
        '<section id="posterior"><h2>What the record says of the parameters</h2><p class="lead">Learnt from '
        f"{escape(str(result.get('war', '')))} up to {escape(str(result.get('until', '')))}. {escape(verdict)}</p>"
        f"{wide('Priors and posteriors', plain(heads, cells))}</section>"
    )


def sensitivity(result: Mapping[str, Any]) -> str:
    """Which parameters move which answers."""
    rows = [row for row in result["rows"] if row.get("mean_absolute") is not None][:MOST]
    cells = [
        (
            str(row["factor"]),
            str(row.get("meaning", "")),
            f"{100 * row['mean']:+.1f}",
            f"{100 * row['mean_absolute']:.1f}",
            "" if row.get("total") is None else f"{100 * row['total']:.0f} %",
        )
        for row in rows
    ]
    heads = ("parameter", "what it is", "effect, points", "its size, points", "share of the variance with others")
    return (
        '<section id="sensitivity"><h2>What the answer depends on</h2><p class="lead">'
        f"{escape(str(result.get('title', '')))}: the change of the answer as a parameter goes from 5 to 95 % of its "
        "prior, "
        f"from {result['wars']:,} simulated wars; the {len(rows)} largest of {len(result['rows'])}.</p>"
        f"{wide('Effects of parameters', plain(heads, cells))}</section>"
    )


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list | tuple):
        return ", ".join(_cell(one) for one in value)
    return "" if value is None else str(value)
