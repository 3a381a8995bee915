"""Which names that files of the firmware share among them may be called otherwise when it is built.

Functions, classes, their members and what a module sets: where each is defined by our own code, and nobody else could
mean something by the same word. It stays where it is spelled in a string (getattr, JSON, a table of handlers), passed
as the name of an argument, part of a module's name, put into an object from elsewhere, a member of anything of Python,
or a constant, whose name the compiler drops if it begins with an underscore. So does every word of files that speak to
the hardware, where a chip's own things stand in for ours, and of the loader: no update replaces it, and it starts
versions whose names are others.
"""

import array
import ast
import asyncio
import binascii
import builtins
import errno
import gc
import hashlib
import io
import json
import math
import os
import random
import re
import select
import socket
import ssl
import struct
import sys
import time
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

_PYTHONS = (array, asyncio, binascii, builtins, errno, gc, hashlib, io, json, math, os, random, select, socket, ssl)
_MORE = (struct, sys, time, zlib)
_MICROPYTHONS = {  # what its own machinery calls by name, and what is ours to call of it
    *("mount", "umount", "ilistdir", "statvfs", "chdir", "getcwd", "ioctl", "readinto", "readline", "readblocks"),
    *("register", "unregister", "modify", "poll", "sleep_ms", "wait_for_ms", "ticks_ms", "ticks_add", "ticks_diff"),
    *("writeblocks", "s", "e", "out_buf", "coro", "data", "state", "ph_key", "poller", "ipoll", "cur_task", "main"),
}
_KEPT = ("boot.py", "main.py", "osb_boot/", "osb_box/hal/")  # files of which each word stays
_WORD = re.compile(r"\w+")


def public(trees: Mapping[Path, ast.Module]) -> set[str]:
    """The names that may change in all of these files at once."""
    found: set[str] = set()
    kept = set(_MICROPYTHONS)
    for module in (*_PYTHONS, *_MORE):
        kept.update(dir(module))
        kept.update(name for value in vars(module).values() if isinstance(value, type) for name in dir(value))
    for path, tree in trees.items():
        name = path.as_posix()
        kept.update(path.with_suffix("").parts)
        if name.startswith(_KEPT):
            kept.update(_WORD.findall(ast.unparse(tree)))
        else:
            found.update(_defined(tree))
            kept.update(_others(tree))
    return {name for name in found if name[0] != "_"} - kept


def _defined(tree: ast.Module) -> Iterator[str]:
    """What the code of a file gives a name to, which others may know it by."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _of_self(node):
            yield node.attr
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for statement in [*tree.body, *(statement for body in classes for statement in body.body)]:
        if isinstance(statement, ast.Assign) and not _constant(statement):
            yield from _set(statement)


def _others(tree: ast.Module) -> Iterator[str]:
    """What must keep its name."""
    told = {id(node) for body in ast.walk(tree) for node in _document(body)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in told:
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            yield from _WORD.findall(text)
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Attribute):
            if isinstance(node.ctx, ast.Store) and not _of_self(node):
                yield node.attr
        elif isinstance(node, ast.Assign) and _constant(node):
            yield from _set(node)
        elif isinstance(node, ast.JoinedStr):
            yield from (name.id for name in ast.walk(node) if isinstance(name, ast.Name))
            yield from (name.attr for name in ast.walk(node) if isinstance(name, ast.Attribute))
        elif isinstance(node, ast.alias) and node.asname:
            yield from (node.name, node.asname)


def _of_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "self"


def _set(node: ast.Assign) -> Iterator[str]:
    for target in node.targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id


def _constant(node: ast.Assign) -> bool:
    return isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name) and node.value.func.id == "const"


def _document(node: ast.AST) -> Iterator[ast.expr]:
    """What is written for people at the beginning of a body."""
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            yield first.value
