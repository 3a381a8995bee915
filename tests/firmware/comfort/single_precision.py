"""Loads a pure module of the firmware so that every float in it is rounded to the 32 bits of a board.

The module's syntax tree is rewritten: each constant, each operation and each call's result goes through the rounding.
What overflows a single float raises, where a board would have an infinity.
"""

import ast
import math
import struct
import types
from array import array
from pathlib import Path

FIRMWARE = Path(__file__).parents[3] / "firmware"


def single(value):
    """A float as a board would hold it; all else as it is."""
    if not isinstance(value, float) or math.isinf(value) or math.isnan(value):
        return value
    return struct.unpack("f", struct.pack("f", value))[0]


class _Round(ast.NodeTransformer):
    def _wrap(self, node):
        return ast.copy_location(ast.Call(ast.Name("_single", ast.Load()), [node], []), node)

    def visit_BinOp(self, node):
        return self._wrap(self.generic_visit(node))

    def visit_Call(self, node):
        return self._wrap(self.generic_visit(node))

    def visit_Constant(self, node):
        return self._wrap(node) if isinstance(node.value, float) else node

    def visit_AugAssign(self, node):
        read = ast.parse(ast.unparse(node.target), mode="eval").body
        value = ast.BinOp(self.visit(read), node.op, self.visit(node.value))
        return ast.copy_location(ast.Assign([node.target], self._wrap(value)), node)


def load(name, rounded=True):
    """The module `osb_box.comfort.<name>`; `rounded` False: as CPython has it, in double precision."""
    path = FIRMWARE / "osb_box" / "comfort" / f"{name}.py"
    tree = ast.parse(path.read_text())
    # what a board's interpreter brings along
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.ImportFrom) and node.module in ("micropython", "array"))
    ]
    if rounded:
        tree = ast.fix_missing_locations(_Round().visit(tree))
    module = types.ModuleType(name)
    module.__dict__.update(const=lambda value: value, array=array, _single=single)
    exec(compile(tree, str(path), "exec"), module.__dict__)
    return module
