"""The ways from the boxes to their hub: a wire each, a name server or a certificate where the story needs one."""

from pathlib import Path
from typing import Any

from osb_hil.certificates import Authority
from osb_hil.link import Link
from osb_hil.name_server import NameServer

HUB_NAME = "hub.bench"  # what name servers of the bench, and its certificates, call the hub


class Uplinks:
    """`broker` is its address; boxes in `named` know it by name only, those in `secured` speak TLS to it."""

    def __init__(
        self, folder: Path, broker: tuple[str, int], keepalive_s: int, named: set[str], secured: set[str]
    ) -> None:
        self._folder, self._broker, self._keepalive_s = folder, broker, keepalive_s
        self.links: dict[str, Link] = {}
        self.name_servers = {name: NameServer() for name in named}
        self._secured = secured
        self._authority = Authority() if secured else None

    async def wire(self, name: str) -> dict[str, Any]:
        """Lay the wire of a box; returns the key `hub` of its configuration."""
        link = self.links[name] = Link(*self._broker)
        hub = {"host": "127.0.0.1", "user": name, "password": f"bench-{name}", "keepalive_s": self._keepalive_s}
        if name in self._secured:
            assert self._authority is not None
            self.certificate(name, expired=False)
            (self._folder / name).mkdir(parents=True, exist_ok=True)
            (self._folder / name / "hub.der").write_bytes(self._authority.der)
            hub |= {"ca": "hub.der", "name": HUB_NAME}
        if name in self.name_servers:
            await self.name_servers[name].start()
            hub["host"] = HUB_NAME
        await link.start()
        return {**hub, "port": link.port, "retry_s": 60}

    def environment(self, name: str) -> dict[str, str]:
        """What the process of a box needs to find its name server."""
        server = self.name_servers.get(name)
        return {"OSB_DNS": server.address} if server else {}

    def certificate(self, name: str, expired: bool) -> None:
        """What the hub shows to that box from the next start of its link on."""
        assert self._authority is not None
        self.links[name].tls = self._authority.server(self._folder / "certificates", HUB_NAME, expired)

    async def stop(self) -> None:
        """Take all down."""
        for link in self.links.values():
            await link.stop()
        for server in self.name_servers.values():
            server.stop()
