"""The user's own presets: one JSON file in the user's folder, written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

from polemos.ensemble import atomic_files

NAME = 80
MOST = 200


def folder() -> Path:
    """The user's folder of settings."""
    home = os.environ.get("POLEMOS_HOME")
    if home:
        return Path(home)
    base = os.environ.get("APPDATA") if os.name == "nt" else os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "polemos"


def file_of(scenario: str, home: Path | None = None) -> Path:
    """Where the presets of a scenario are kept."""
    return (home or folder()) / f"what-if-{scenario}.json"


def presets(path: Path) -> dict[str, str]:
    """Queries by name, oldest first. Raises `ValueError` for a file that is none of ours."""
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        content = None
    if not isinstance(content, dict) or not all(isinstance(v, str) for v in content.values()):
        raise ValueError(f"{path} holds no presets; move it away, and a new one is begun")
    return content


def keep(path: Path, name: str, query: str | None) -> dict[str, str]:
    """Save a preset, or with None forget it; returns all. Raises `ValueError` for a name or number that is too much."""
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME:
        raise ValueError(f"give the preset a name of 1 to {NAME} characters")
    existing = presets(path)
    existing.pop(name, None)
    if query is not None:
        existing[name] = query
    if len(existing) > MOST:
        raise ValueError(f"there are {MOST} presets already; forget one first")
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_files.whole(path) as part:
        part.write_text(json.dumps(existing, indent=1, ensure_ascii=False), encoding="utf-8")
    return existing
