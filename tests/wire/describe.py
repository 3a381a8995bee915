"""How docs/wire.md writes a field's form, made from the contract's own tables."""


def form(spec):
    kind = spec[0]
    if kind == "int":
        return f"integer {spec[1]}..{spec[2]}"
    if kind == "text":
        return f"text, at most {spec[1]} bytes"
    if kind == "one":
        return "one of " + ", ".join(spec[1])
    if kind == "none":
        return form(spec[1]) + ", or null"
    if kind == "maybe":
        return form(spec[1]) + ", may be missing"
    if kind == "series":
        return f"series {spec[1]}..{spec[2]}"
    if kind == "list":
        return f"list of at most {spec[2]}: " + (form(spec[1]) if spec[1][0] not in ("record", "row") else spec[1][0])
    if kind == "record":
        return "record"
    raise AssertionError(kind)


def rows(fields, prefix=""):
    """(field path, form) of every field, those of nested records and rows after their list."""
    for name, spec in fields:
        yield prefix + name, form(spec)
        if spec[0] == "list" and spec[1][0] in ("record", "row"):
            yield from rows(spec[1][1], f"{prefix}{name}[].")
        if spec[0] == "none" and spec[1][0] == "record":
            yield from rows(spec[1][1], f"{prefix}{name}.")
