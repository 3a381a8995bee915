"""Modbus TCP master (MODBUS Messaging on TCP/IP V1.0b): one connection, opened again by the request that misses it."""

import asyncio

from osb_box.bus.pdu import BusError, Modbus, answer_form, refusal


class TcpBus(Modbus):
    """`timeout_ms` is wall time for one request, connecting included."""

    def __init__(self, host, port, timeout_ms=1000):
        self.timeout_ms = timeout_ms
        self.transaction = 0
        self._host = host
        self._port = port
        self._lock = asyncio.Lock()
        self._stream = None
        self._buf = b""  # outlives a time-out: a late answer is cut off whole, never in the middle
        self._unanswered = 0

    async def _ask(self, unit, request):
        async with self._lock:
            self.transaction = self.transaction + 1 & 0xFFFF
            try:
                answer = await asyncio.wait_for_ms(self._exchange(unit, request), self.timeout_ms)
            except asyncio.TimeoutError:
                self._unanswered += 1
                if self._unanswered > 1:  # it may be a connection that only this end still knows
                    self.close()
                text = "%s:%d unit %d did not answer within %d ms"
                raise BusError("timeout", text % (self._host, self._port, unit, self.timeout_ms))
            except OSError as e:
                self.close()
                raise BusError("closed", "no connection to %s:%d: %s" % (self._host, self._port, e))
            except BusError:
                self.close()
                raise
            self._unanswered = 0
        head, length = answer_form(request)
        if len(answer) == 2 and answer[0] == request[0] | 0x80:
            raise refusal(request[0], answer[1])
        if len(answer) != length or answer[: len(head)] != head:
            raise BusError("frame", "%s:%d unit %d answered something else" % (self._host, self._port, unit))
        return answer

    async def _exchange(self, unit, request):
        """Send, and return the PDU that carries this transaction's number; others are late answers."""
        if self._stream is None:
            reader, _ = await asyncio.open_connection(self._host, self._port)
            self._stream = reader
        number = self.transaction
        self._stream.write(bytes((number >> 8, number & 0xFF, 0, 0, 0, len(request) + 1, unit)) + request)
        await self._stream.drain()
        while True:
            got = self._buf
            if len(got) >= 6:
                size = got[4] << 8 | got[5]
                if got[2] or got[3] or not 3 <= size <= 254:
                    raise BusError("frame", "%s:%d does not speak Modbus TCP" % (self._host, self._port))
                if len(got) >= 6 + size:
                    self._buf = got[6 + size :]
                    if got[0] << 8 | got[1] == number:
                        if got[6] != unit:
                            raise BusError("frame", "unit %d answered for unit %d" % (got[6], unit))
                        return got[7 : 6 + size]
                    continue
            more = await self._stream.read(260)
            if not more:
                raise OSError("closed by the other end")
            self._buf = got + more

    def close(self):
        """Drop the connection; the next request opens another."""
        if self._stream is not None:
            self._stream.s.close()
        self._stream = None
        self._buf = b""
        self._unanswered = 0
