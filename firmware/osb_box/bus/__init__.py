"""Bytes to registers: Modbus RTU and TCP, and the P1 port. Nothing here knows a device or a port of MicroPython."""
