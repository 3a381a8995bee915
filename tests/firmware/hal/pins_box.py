"""Runs on the VM: asks for everything a field has."""

from osb_box import hal

port = hal.port()
print(port.pin_in("door").value(), port.pulse_counter("s0").value(), port.analogue("a0").read_mv())
relay = port.pin_out("relay1")
relay.value(1)
print(relay.value())
line = port.onewire()
print(line.scan(), line.reset())
line.write(b"\xcc\xbe")
print(line.read(3))
bus = port.i2c()
print(bus.scan())
bus.writeto(0x44, b"\x24\x00")
print(bus.readfrom(0x44, 2))
for missing in (
    lambda: port.pin_in("window"),
    lambda: port.pin_out("relay9").value(1),
    lambda: bus.readfrom(0x45, 2),
):
    try:
        missing()
        print("there it is")
    except (ValueError, OSError) as e:
        print(type(e).__name__, e)
