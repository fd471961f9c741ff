"""The command line: parses and prints, nothing else."""


def main() -> None:
    """Run `polemos`."""
    from polemos.cli.streams import standard_streams

    with standard_streams():
        from polemos.cli.commands import app

        app(prog_name="polemos")
