"""What can break at a home, one class a kind: how it strikes, how it is mended, and when the box has got over it.

All is done and seen from outside: processes, wires, sockets, lines, the local API.
"""

from osb_hil.faults import meters, network, people, power
from osb_hil.faults.kind import Kind

KINDS: dict[str, type[Kind]] = {kind.name: kind for module in (meters, network, people, power) for kind in module.KINDS}
