"""A clock for programs on the VM and on chips: microseconds during which the processor was theirs.

On Linux what others took of the processor meanwhile is taken off: the second number of `/proc/self/schedstat`, the time
[ns] this process has waited for its turn. A chip has no others.
"""

CLOCK = """
import time
try:
    _stat = open("/proc/self/schedstat", "rb")
except OSError:
    _stat = None
_line = bytearray(64)
def _waited_us():
    _stat.seek(0)
    _stat.readinto(_line)
    return int(bytes(_line).split()[1]) // 1000
def now_us():
    if _stat is None:
        return time.ticks_us()
    while True:
        waited, now = _waited_us(), time.ticks_us()
        if _waited_us() == waited:  # nobody came between
            return now - waited
def timed(work, *what):
    begin = now_us()
    work(*what)
    return time.ticks_diff(now_us(), begin)
"""
