"""Run the verifications: `python verification/run.py [name ...] [--charts FOLDER]`; see README.md."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
NAMES = (
    "force_ratio",
    "durations",
    "landing",
    "civil_violence",
    "lanchester",
    "hawkes",
    "power_law",
    "honest",
)


def main() -> int:
    """Print every reading; 1 if one is outside its tolerance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)}; default: all")
    parser.add_argument("--charts", type=Path, help="folder for a picture of each")
    given = parser.parse_args()
    unknown = set(given.names) - set(NAMES)
    if unknown:
        parser.error(f"no verification {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    worst = 0
    for name in given.names or NAMES:
        module = importlib.import_module(name)
        print(f"\n{name}: {(module.__doc__ or name).splitlines()[0]}")
        for reading in module.readings():
            verdict = "within" if reading.within else "OUTSIDE"
            print(
                f"  {reading.what:<68} published {reading.published:>10.4g}  model {reading.found:>10.4g}"
                f"  tolerance {reading.tolerance:>8.3g}  {verdict}   {reading.source}"
            )
            worst |= not reading.within
        if given.charts:
            given.charts.mkdir(parents=True, exist_ok=True)
            module.chart().save(given.charts / f"{name}.svg")
    return int(worst)


if __name__ == "__main__":
    sys.exit(main())
