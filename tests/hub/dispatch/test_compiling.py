"""The structured solver on a machine that has compiled nothing yet."""

import os
import subprocess
import sys

import pytest

SOLVE = """
from osb_hub.dispatch.bench.generate import generate
from osb_hub.dispatch.dispatch import dispatch

found = dispatch(*generate(100), solver="structured", time_limit_s=20.0)
print(found.status, found.seconds["compile"] > 20.0)
"""


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_what_the_compiler_takes_is_not_taken_from_the_time_limit(tmp_path):
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", SOLVE], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout == "optimal True\n"
