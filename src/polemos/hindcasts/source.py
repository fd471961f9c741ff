"""What the code of a forecaster is, so that forecasts of another version are never taken for its own.

A class in a file is that file, with the files of this package's forecasters that it takes anything from. A class
without a file (a notebook, a heredoc, `python -c`) is the source of its functions as Python or IPython remembers it,
with everything that these name: helper functions, other classes, numbers and arrays.
"""

from __future__ import annotations

import inspect
import pickle
import sys
import sysconfig
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOMS = tuple(f"{__name__.split('.')[0]}.{room}." for room in ("forecasters", "questions"))
"""Modules in which this package's forecasters stand, and what they ask."""

INSTALLED = tuple(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))


def without_file(kind: type) -> bool:
    """Whether a class was defined in no file, so that no other process can import it."""
    return kind.__module__ not in sys.builtin_module_names and _file(kind.__module__) is None


def source_of(kind: type) -> bytes | None:
    """The source behind a class; None where nothing remembers it, or it names a value that cannot be written down."""
    if not without_file(kind):
        return b"\0".join(part for path in _files(kind.__module__) for part in (path.name.encode(), path.read_bytes()))
    try:
        return b"\0".join(_session(kind, {}))
    except (OSError, TypeError, ValueError, AttributeError, pickle.PicklingError):
        return None


def _file(module: str) -> str | None:
    """The file of a module; of a heredoc, Python says `<stdin>`, which is none."""
    file = getattr(sys.modules.get(module), "__file__", None)
    return file if file and Path(file).is_file() else None


def _files(module: str) -> list[Path]:
    """The file of a module and those of forecasters that it takes anything from."""
    names = {module} | {getattr(value, "__module__", None) or "" for value in vars(sys.modules[module]).values()}
    files = (sys.modules[name].__file__ for name in sorted(names) if name == module or name.startswith(ROOMS))
    return [Path(file) for file in files if file]


def _session(value: Any, visited: dict[int, Any]) -> Iterator[bytes]:
    """The source of a function or class and of all that it names; other values as they are pickled."""
    if id(value) in visited:
        return
    visited[id(value)] = value
    value = getattr(value, "fget", getattr(value, "__func__", value))
    value = inspect.unwrap(value) if callable(value) else value
    if isinstance(value, types.ModuleType):
        yield _module(value.__name__)
    elif isinstance(value, type) and not without_file(value):
        yield value.__qualname__.encode()
        yield _module(value.__module__)
    elif isinstance(value, type):
        yield from _class(value, visited)
    elif isinstance(value, types.FunctionType) and _file(value.__module__):
        yield value.__qualname__.encode()
        yield _module(value.__module__)
    elif isinstance(value, types.FunctionType):
        yield inspect.getsource(value).encode()
        cells = [cell.cell_contents for cell in value.__closure__ or ()]
        named = [value.__globals__[name] for name in sorted(_names(value.__code__)) if name in value.__globals__]
        for one in (*cells, *named, value.__defaults__, value.__kwdefaults__):
            yield from _session(one, visited)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield repr(key).encode()
            yield from _session(one, visited)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _session(one, visited)
    else:
        if without_file(type(value)):
            yield from _session(type(value), visited)
        yield pickle.dumps(value)


def _class(kind: type, visited: dict[int, Any]) -> Iterator[bytes]:
    generated = hasattr(kind, "__dataclass_fields__")
    for base in kind.__mro__[1:-1]:
        yield from _session(base, visited)
    for name, member in sorted(vars(kind).items()):
        function = isinstance(member, types.FunctionType | staticmethod | classmethod)
        if name.startswith("__") and (not function or (generated and _generated(member))):
            continue  # Python writes these, some of them late; the settings of a dataclass stand in the key anyway.
        if isinstance(member, types.MemberDescriptorType):
            continue
        yield name.encode()
        yield from _session(member, visited)


def _generated(member: Any) -> bool:
    """Whether a dataclass wrote a method: its code comes from a text without a file."""
    return isinstance(member, types.FunctionType) and member.__code__.co_filename == "<string>"


def _module(name: str) -> bytes:
    """The name of a module, with its file where that is no installed package's."""
    file = _file(name)
    if file is None or file.startswith(INSTALLED):
        return name.encode()
    return name.encode() + b"\0" + Path(file).read_bytes()


def _names(code: types.CodeType) -> set[str]:
    """Global names in a function and in the functions within it."""
    inner = [_names(one) for one in code.co_consts if isinstance(one, types.CodeType)]
    return set(code.co_names).union(*inner)
