"""Names of the firmware, made short and shared between files when it is built.

MicroPython keeps every name it has ever met, once, for ever: some 25 B each. A name with an underscore means something
in its own file only, and so does an argument that nobody passes by its name: files can share a few short ones. So can
what files call by name from each other, as long as nobody else could mean something by it. See docs/decisions/0012.
"""

import ast
import builtins
import io
import itertools
import json
import keyword
import re
import string
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from osb_hil import public_names
from osb_hil.once import once

_PRIVATE = re.compile(r"_[A-Za-z0-9][A-Za-z0-9_]*")
_WORD = re.compile(r"\b_[A-Za-z0-9]\w*")


def shorten(
    sources: Mapping[Path, str], plain: Mapping[Path, str] | None = None
) -> tuple[dict[Path, str], dict[str, str]]:
    """The sources with short names, line by line as they were, and {long name: short name}.

    `plain` are files that stay as they are, and so do the words in them.
    """
    given = [{path.as_posix(): text for path, text in part.items()} for part in (sources, plain or {})]
    rules = Path(public_names.__file__).read_text()  # of what may be short, which stand in a file of their own
    found, short = json.loads(once(json.dumps(given).encode(), _shorten, rules))
    return {Path(path): text for path, text in found.items()}, short


def _shorten(given: bytes) -> bytes:
    sources, plain = [{Path(path): text for path, text in part.items()} for part in json.loads(given)]
    trees = {path: ast.parse(text) for path, text in sources.items()}
    kept = set().union(*(_kept(tree) for tree in trees.values()))
    shared = _arguments(trees.values()) | public_names.public(
        trees | {path: ast.parse(text) for path, text in plain.items()}
    )
    names = {path: (_private(text) - kept) | (_identifiers(text) & shared) for path, text in sources.items()}
    taken = {name for text in sources.values() for name in _identifiers(text)}
    short = _colours(_groups(trees, names), taken)
    return json.dumps([{path.as_posix(): renamed(text, short) for path, text in sources.items()}, short]).encode()


def _kept(tree: ast.Module) -> set[str]:
    """Names that must stay: reached through another object than `self`, spelled in a string, or constants."""
    kept: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            kept.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            kept.update(_WORD.findall(node.value))
        elif isinstance(node, ast.JoinedStr):
            kept.update(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))
            kept.update(inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            called = node.value.func
            if isinstance(called, ast.Name) and called.id == "const":  # the compiler puts its value in its place
                kept.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return kept


def _arguments(trees: Iterable[ast.Module]) -> set[str]:
    """Names of arguments that are nothing else in any file: no attribute, module or global, not passed by name."""
    found: set[str] = set()
    kept = {"self"}
    for tree in trees:
        kept.update(_set_outside(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.arguments):
                found.update(argument.arg for argument in (*node.args, *node.kwonlyargs) if argument.arg[0] != "_")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                kept.add(node.name)
            elif isinstance(node, ast.Attribute):
                kept.add(node.attr)
            elif isinstance(node, ast.keyword) and node.arg:
                kept.add(node.arg)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                kept.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                kept.update(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))
            elif isinstance(node, ast.Global):
                kept.update(node.names)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                words = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
                words += [alias.asname or "" for alias in node.names]
                kept.update(part for word in words for part in word.split("."))
    return found - kept - set(dir(builtins))


def _set_outside(body: ast.AST) -> Iterator[str]:
    """Names that a module, or a class in it, sets outside of functions."""
    for node in ast.iter_child_nodes(body):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _set_outside(node)


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(text).readline)


def _identifiers(text: str) -> set[str]:
    return {token.string for token in _tokens(text) if token.type == tokenize.NAME}


def _private(text: str) -> set[str]:
    return {name for name in _identifiers(text) if _PRIVATE.fullmatch(name)}


def _groups(trees: Mapping[Path, ast.Module], names: Mapping[Path, set[str]]) -> list[set[str]]:
    """Names that may meet in one place: those of a file, and those of two files one of which inherits of the other."""
    module = {".".join(path.with_suffix("").parts): path for path in trees}
    groups = list(names.values())
    for path, tree in trees.items():
        origin = {
            alias.asname or alias.name: module.get(node.module or "")
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for base in node.bases:
                    other = origin.get(base.id) if isinstance(base, ast.Name) else None
                    if other:
                        groups.append(names[path] | names[other])
    return groups


def _colours(groups: list[set[str]], taken: set[str]) -> dict[str, str]:
    """A short name for each, another one for any two that share a group."""
    neighbours: dict[str, set[str]] = {}
    for group in groups:
        for name in group:
            neighbours.setdefault(name, set()).update(group)
    forbidden = taken | set(keyword.kwlist) | set(dir(builtins))
    letters = string.ascii_lowercase
    free = [name for n in (1, 2) for name in ("_" + "".join(c) for c in itertools.product(letters, repeat=n))]
    free = [name for name in free if name not in forbidden]
    short: dict[str, str] = {}
    for name in sorted(neighbours, key=lambda name: (-len(neighbours[name]), name)):
        used = {short[other] for other in neighbours[name] if other in short}
        short[name] = next(candidate for candidate in free if candidate not in used)
    return short


def spoken(program: str, short: Mapping[str, str]) -> str:
    """A program that speaks of the firmware, in the names that were made short when that was built.

    ValueError: two names of the program would become one.
    """
    known = {word: short[word] for word in _spoken(ast.parse(program)) if word in short}
    met = Counter(known.get(word, word) for word in _identifiers(program))
    for word, name in known.items():
        if met[name] > 1:
            raise ValueError(f"{word} would be {name}, and so would another name: call one of them otherwise")
    return renamed(program, known)


def _spoken(program: ast.Module) -> set[str]:
    """Names by which a program knows what is not its own: members, and what it imports."""
    found: set[str] = set()
    for node in ast.walk(program):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.ImportFrom):
            found.update(alias.name for alias in node.names)
    return found


def renamed(text: str, short: Mapping[str, str]) -> str:
    """A file of the firmware in its short names."""
    lines = text.splitlines(keepends=True)
    for token in sorted(_tokens(text), key=lambda token: token.start, reverse=True):
        if token.type == tokenize.NAME and token.string in short:
            row, column = token.start
            line = lines[row - 1]
            lines[row - 1] = line[:column] + short[token.string] + line[column + len(token.string) :]
    return "".join(lines)
