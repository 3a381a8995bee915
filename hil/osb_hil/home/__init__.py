"""The physics of one home: what draws power in it, and what its occupants feel. Knows no box, no hub and no Modbus."""
