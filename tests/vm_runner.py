"""Runs on MicroPython: calls every test of one file and prints how each ended. See conftest.py."""

import asyncio
import gc
import sys


def run(path):
    folder, name = path.rsplit("/", 1)
    sys.path.insert(0, folder)
    module = __import__(name[:-3])
    for test in sorted(n for n in dir(module) if n.startswith("test_")):
        gc.collect()
        try:
            result = getattr(module, test)()
            if hasattr(result, "send"):
                asyncio.run(result)
            print("--- %s ok" % test)
        except BaseException as e:
            print("--- %s FAILED" % test)
            sys.print_exception(e)
        finally:
            asyncio.new_event_loop()


run(sys.argv[1])
