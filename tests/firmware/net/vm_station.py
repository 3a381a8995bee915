"""The station at work: a radio that lies, a name server and a time server that are real sockets, seconds that fly."""

import asyncio
import socket

from air import Air, Radio

from osb_box import hal, net
from osb_box.net import dns, recover, station
from osb_box.web import log

WIFI = {"ssid": "home", "password": "right", "country": None}
WEB = {"token": "abcd-efgh-jkmn", "port": 8080}


station.forget = recover.forget = lambda *names: None  # what a test changes of them stays changed


class Account:
    def __init__(self, w):
        self.w = w

    def power(self):
        return self.w


class Cycle:
    """What a station asks of the rest of the box."""

    outbox = None

    def __init__(self):
        self.clock = self
        self.controller = self
        self.roles = ("pv", "tank")
        self.accounts = {"pv": Account(-3000), "tank": Account(0)}
        self.known = True

    def now(self):
        return 1768432500


class Page:
    portal = None


class Pulse:
    beats = 0

    def beat(self):
        self.beats += 1


class Port:
    servers = ()

    def name_servers(self):
        return list(self.servers)


class Fast(station.Station):
    """A second passes at each look."""

    look_ms = 0

    def _pass(self, now_ms):
        self.up_s += 1
        self.radio.t = self.up_s

    async def _ask_time(self):
        self._time_s = self.up_s + 100000


def fast(air, wifi=WIFI):
    port = Port()
    hal.port = lambda: port
    radio = Radio(air)
    box = Fast(radio, wifi, WEB, "box-01", Cycle(), Page())
    box.switch_on()
    return box, radio, port


async def until(true, box, seconds):
    end = box.up_s + seconds
    while not true():
        assert box.up_s < end, (box.stage, log.lines())
        await asyncio.sleep_ms(0)


async def name_server(radio):
    """A server that answers while the air lets it; returns (task, address)."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    port = 20000
    while True:
        try:
            sock.bind(socket.getaddrinfo("127.0.0.1", port)[0][-1])
            break
        except OSError:
            port += 1

    async def serve():
        while True:
            await dns.readable(sock)
            data, asker = sock.recvfrom(512)
            if radio.alive():
                sock.sendto(data[:2] + b"\x81\x83" + data[4:], asker)  # it knows no such name: it answers

    return asyncio.create_task(serve()), "127.0.0.1:%d" % port


async def test_it_joins_and_when_nobody_is_heard_it_asks_and_finds_the_way_dead_and_brings_it_back():
    air = Air()
    box, radio, port = fast(air)
    server, address = await name_server(radio)
    port.servers = [address]
    real_wait, probe_ms = dns.ask, 60

    async def ask(host, server, _):
        return await real_wait(host, server, probe_ms)

    task = asyncio.create_task(box.run(Pulse()))
    try:
        await until(lambda: box.stage == "up", box, 20)
        joins = box.joins
        quiet_until = box.up_s + 170
        while box.up_s < quiet_until:
            assert box.stage == "up"
            await asyncio.sleep_ms(0)
        await until(lambda: box.stage != "up", box, 30)  # three silent minutes: somebody is asked
        await until(lambda: box.stage == "up", box, 60)
        assert box.joins == joins  # and has answered
        air.channel = 11
        dns.ask = ask  # nobody answers from now on: do not wait three real seconds for each
        await until(lambda: box.joins == joins + 1, box, 300)
        await until(lambda: box.stage == "up", box, 100)
        assert radio.alive()
    finally:
        dns.ask = real_wait
        task.cancel()
        server.cancel()


async def test_a_message_of_the_hub_is_answer_enough():
    box, _, _ = fast(Air())
    task = asyncio.create_task(box.run(Pulse()))
    try:
        await until(lambda: box.stage == "up", box, 20)
        for _ in range(1000):
            if box.up_s % 100 == 0:
                net.heard()
            assert box.stage == "up"
            await asyncio.sleep_ms(0)
    finally:
        task.cancel()


async def test_a_phone_in_our_access_point_is_shown_the_page():
    air = Air()
    air.there = False
    box, radio, _ = fast(air)
    task = asyncio.create_task(box.run(Pulse()))
    try:
        await until(lambda: radio.opened, box, 300)
        assert radio.opened == "box-01"
        assert box.page.portal == "127.0.0.1"
        air.there = True
        await until(lambda: box.stage == "up", box, 400)
        assert box.page.portal is None
        assert radio.opened is None
    finally:
        task.cancel()


async def test_a_driver_that_refuses_everything_ends_nothing():
    box, radio, _ = fast(Air())
    radio.refuses = True
    pulse = Pulse()
    task = asyncio.create_task(box.run(pulse))
    try:
        await until(lambda: box.up_s > 500, box, 600)
        radio.refuses = False
        await until(lambda: box.stage == "up", box, 400)
        assert pulse.beats > 500
    finally:
        task.cancel()


async def test_a_driver_that_finds_back_by_itself_is_let():
    air = Air()
    box, radio, _ = fast(air)
    task = asyncio.create_task(box.run(Pulse()))
    try:
        await until(lambda: box.stage == "up", box, 20)
        joins, begun = box.joins, radio._begun
        radio._begun = None  # it says "idle" for two seconds
        up_s = box.up_s
        await until(lambda: box.up_s >= up_s + 2, box, 10)
        radio._begun = begun
        await until(lambda: box.up_s >= up_s + 20, box, 30)
        assert (box.stage, box.joins) == ("up", joins)
        radio._begun = None
        await until(lambda: box.joins == joins + 1, box, 10)
    finally:
        task.cancel()


async def test_a_code_too_short_for_wpa2_opens_no_network():
    air = Air()
    air.there = False
    hal.port = Port
    radio = Radio(air)
    box = Fast(radio, WIFI, {"token": "letmein", "port": 80}, "box-01", Cycle(), Page())
    task = asyncio.create_task(box.run(Pulse()))
    try:
        while box.up_s < 1000:
            assert radio.opened is None
            await asyncio.sleep_ms(0)
    finally:
        task.cancel()


def test_what_runs_because_of_us_forbids_a_restart_and_the_sun_does_not():
    box, _, _ = fast(Air())
    assert not recover.runs_because_of_us(box.cycle)
    box.cycle.accounts["tank"].w = 2000
    assert recover.runs_because_of_us(box.cycle)


async def test_stages_are_in_the_log_and_the_password_is_not():
    air = Air()
    air.password = "changed"
    box, radio, _ = fast(air)
    task = asyncio.create_task(box.run(Pulse()))
    try:
        await until(lambda: radio.opened, box, 300)
    finally:
        task.cancel()
    said = [text for _, text in log.lines()]
    assert "wifi: open" in said
    assert "wifi: join" in said
    for line in said:
        assert "right" not in line
        assert WEB["token"] not in line
