"""Runs on MicroPython: the raw REPL of a board on standard input and output, for a VM that has none of its own.

As MicroPython's documentation describes it ("The internal working of the raw REPL"); without its paste mode.
"""

import sys

BANNER = b"raw REPL; CTRL-B to exit\r\n>"
out, read = sys.stdout.buffer, sys.stdin.buffer.read


class Reset(BaseException):
    pass


class machine:
    @staticmethod
    def reset():
        raise Reset


def happens(what):
    """For Board.life."""
    sys.stderr.write(what + "\n")


def answer(code, names):
    """False if the board is reset by it."""
    out.write(b"OK")
    trouble = None
    try:
        exec(code, names)
    except Reset:
        return False
    except BaseException as e:
        trouble = e
    out.write(b"\x04")
    if trouble:
        sys.print_exception(trouble)
    out.write(b"\x04>")
    return True


def main():
    raw, runs = False, True  # runs: its program, which listens to an interrupt only
    code = b""
    names = {}  # they last until a soft reboot
    happens("starts")
    while True:
        byte = read(1)
        if not byte:
            return
        if runs:
            if byte == b"\x03":
                runs = False
                happens("stops")
        elif byte == b"\x01":
            raw, code = True, b""
            out.write(BANNER)
        elif byte == b"\x02":
            raw = False
            out.write(b"\r\nMicroPython\r\n>>> ")
        elif byte == b"\x03":
            code = b""
        elif raw and byte == b"\x04" and not code.strip():
            names = {}
            for module in [name for name in sys.modules if name.startswith("osb")]:
                del sys.modules[module]
            out.write(b"OK\r\nMPY: soft reboot\r\n" + BANNER)
        elif raw and byte == b"\x04":
            if not answer(code, names):
                raw, runs, names = False, True, {}
                happens("starts")
            code = b""
        elif raw and byte == b"\x05":
            read(2)
            out.write(b"R\x00")
        elif raw:
            code += byte


sys.path.insert(0, "")
sys.modules["machine"] = machine
main()
