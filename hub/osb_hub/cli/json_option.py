"""The option `--json [FILE]`: for machines, on stdout or in a file."""

import json
import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from osb_hub.errors import InputError

STDOUT = "-"

JsonFile = Annotated[
    str | None,
    typer.Option("--json", metavar="[FILE]", help="Machine-readable: into FILE, without one on stdout."),
]


class JsonCommand(TyperCommand):
    """A command whose `--json` may stand without a value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _completed(args, ()))


class JsonGroup(TyperGroup):
    """A group of commands whose own `--json` may stand without a value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _completed(args, self.list_commands(ctx)))


def _completed(args: Sequence[str], commands: Sequence[str]) -> list[str]:
    """`--json` at the end, before another option or before a command means stdout."""
    completed = []
    for arg, following in pairwise((*args, None)):
        completed.append(str(arg))
        if arg == "--json" and (following is None or following in commands or _is_option(following)):
            completed.append(STDOUT)
    return completed


def _is_option(word: str) -> bool:
    return word.startswith("-") and word != STDOUT


def writable(option: str, file: str | Path | None) -> None:
    """InputError where no file can be written there: said before the work, not after it."""
    if file is None or str(file) == STDOUT:
        return
    path = Path(file)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise InputError(
            f"{option} {file} cannot be written: {'it' if path.is_dir() else path.parent} is no "
            f"{'file' if path.is_dir() else 'folder'}."
        )


def put_json(value: Any, file: str) -> None:
    """JSON into the file or on stdout; numbers that JSON does not have (infinite, none) become null."""
    text = json.dumps(_plain(value), indent=1, allow_nan=False)
    if file == STDOUT:
        print(text)
        return
    try:
        Path(file).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error.strerror or error}).") from error


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value
