"""`python -m polemos`."""

from polemos.cli import main

main()
