"""`polemos ledger`: forecasts written down before the outcome."""

from __future__ import annotations

import typer

from polemos.cli.ledger.read import export, head, list_entries, receipt, score, show, verify
from polemos.cli.ledger.write import add, dispute, import_file, resolve, withdraw

app = typer.Typer(
    help="Write forecasts down before the outcome, so that nobody can edit them afterwards, and score them.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ADD = (
    'Examples: polemos ledger add "Will the treaty be signed by 2031?" --closes 2031-01-01 --probability 0.3 '
    "--owner me    polemos ledger add --scenario my-war/ --question town-lost --probability 0.7 --owner me"
)
RESOLVE = (
    'Examples: polemos ledger resolve treaty --outcome yes --citation "Gazette 12" --owner me'
    "    polemos ledger resolve --record my-war/"
)
COMMANDS = (
    ("add", add, ADD),
    ("withdraw", withdraw, "Example: polemos ledger withdraw 12"),
    ("list", list_entries, "Examples: polemos ledger list --open    polemos ledger list --owner me --all"),
    ("show", show, "Examples: polemos ledger show 12    polemos ledger show town-lost"),
    ("resolve", resolve, RESOLVE),
    ("dispute", dispute, 'Example: polemos ledger dispute 17 --owner me --reason "The report was taken back."'),
    ("score", score, "Examples: polemos ledger score --by year    polemos ledger score --chart calibration.html"),
    ("verify", verify, 'Example: polemos ledger verify --head "polemos ledger 120 9f2c..."'),
    ("head", head, "Examples: polemos ledger head > head.txt    polemos ledger head --digest"),
    ("receipt", receipt, "Example: polemos ledger receipt head.txt.ots"),
    ("export", export, "Examples: polemos ledger export ledger.jsonl    polemos ledger export forecasts.csv"),
    (
        "import",
        import_file,
        "Examples: polemos ledger import ledger.jsonl    polemos ledger import site.csv --owner me",
    ),
)
"""Name, function and examples of each command, in the order of `polemos ledger --help`."""

for _name, _function, _examples in COMMANDS:
    app.command(_name, epilog=_examples)(_function)
