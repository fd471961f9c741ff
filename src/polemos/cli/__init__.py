"""The command line: parses and prints, nothing else."""


def main() -> None:
    """Run `polemos`."""
    from polemos.cli.commands import app

    app(prog_name="polemos")
