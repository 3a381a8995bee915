"""Modbus TCP master (MODBUS Messaging on TCP/IP V1.0b): one connection, opened again by the request that misses it."""

from osb_box import forget, loaded, rested
from osb_box.bus import BusError
from osb_box.bus.pdu import Modbus


class TcpBus(Modbus):
    def __init__(self, host, port, timeout_ms=None):
        super().__init__(timeout_ms)
        self.transaction = 0
        self.host = host
        self.port = port
        self._stream = None
        self._unanswered = 0
        self._buf = b""  # outlives a time-out: a late answer is cut off whole, never in the middle

    async def _exchange(self, asked):
        """Send, and return the answer that carries this transaction's number; others are late."""
        if self._unanswered > 1:  # it may be a connection that only this end still knows
            self.close()
        if self._stream is None:
            try:
                dial = await rested(loaded("osb_box.net.", "dial"))
                self._stream = await dial.dial(self.host, self.port)
            finally:
                forget("osb_box.net.dial")
        self.transaction = number = self.transaction + 1 & 0xFFFF
        self._unanswered += 1
        self._stream.write(bytes((number >> 8, number & 0xFF, 0, 0, 0, len(asked))) + asked)
        await self._stream.drain()
        while True:
            got = self._buf
            if len(got) >= 6:
                end = 6 + (got[4] << 8 | got[5])
                if got[2] or got[3] or not 9 <= end <= 260:
                    self.close()
                    raise BusError("frame", "%s does not speak Modbus TCP" % self._where)
                if len(got) >= end:
                    self._buf = got[end:]
                    if got[0] << 8 | got[1] == number:
                        self._unanswered = 0
                        return got[6:end]
                    continue
            more = await self._stream.read(260)
            if not more:
                raise OSError("closed by the other end")
            self._buf = got + more

    @property
    def _where(self):
        return "%s:%d" % (self.host, self.port)

    def close(self):
        """Drop the connection; the next request opens another."""
        if self._stream is not None:
            self._stream.s.close()
        self._stream = None
        self._buf = b""
        self._unanswered = 0
