"""What a phone in the set-up network asks to find out whether it is online, and what it is told: real sockets."""

import asyncio

from osb_box.web.listener import Listener

PORT = 18790
# as Android, iOS and macOS, Windows and Firefox ask
PROBES = (
    b"GET /generate_204 HTTP/1.1\r\nHost: connectivitycheck.gstatic.com\r\nConnection: close\r\n\r\n",
    b"GET /hotspot-detect.html HTTP/1.0\r\nHost: captive.apple.com\r\n\r\n",
    b"GET /connecttest.txt HTTP/1.1\r\nHost: www.msftconnecttest.com\r\n\r\n",
    b"GET /ncsi.txt HTTP/1.1\r\nHost: www.msftncsi.com\r\n\r\n",
    b"GET /canonical.html HTTP/1.1\r\nHost: detectportal.firefox.com\r\n\r\n",
)


class Pulse:
    def rest(self):
        pass


class Cycle:
    thinking = None


async def asked(request):
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    writer.write(request)
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(-1), 10)
    writer.close()
    await writer.wait_closed()
    return answer


async def test_every_probe_leads_to_the_page_while_the_set_up_network_is_open_and_no_longer():
    web = {"host": "127.0.0.1", "port": PORT, "token": "t"}
    listener = Listener(web, "/nowhere", "box-01", Cycle, None)
    task = asyncio.create_task(listener.run(Pulse()))
    await asyncio.sleep_ms(50)
    try:
        listener.portal = "192.168.4.1"
        for probe in PROBES:
            answer = await asked(probe)
            assert answer.startswith(b"HTTP/1.0 302 "), answer
            assert b"\r\nLocation: http://192.168.4.1/\r\n" in answer
            assert b"\r\nCache-Control: no-store\r\n" in answer
        listener.portal = None
        for probe in PROBES:
            assert (await asked(probe)).startswith(b"HTTP/1.0 404 ")
    finally:
        task.cancel()
