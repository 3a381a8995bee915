"""Looks for newer versions and installs them; the signature protects them, so that plain HTTP will do."""

import gc

from micropython import const

from osb_box import forget, hal

_PART = const(512)
_SIGNATURE = const(384)
_MODULES = (
    "osb_boot.install",
    "osb_boot.files",
    "osb_boot.signature",
    "osb_boot.slots",
    "osb_boot.atomic",
    "osb_box.net.http",
    "osb_box.net.dial",
)


class Updates:
    """`update` is the configuration's: {"url", "check_s"}. The board restarts once a version is installed."""

    def __init__(self, update, board, clock, outbox):
        self.said = None  # how the last look ended, for people
        self._url = update["url"].rstrip("/")
        self._check_s = update["check_s"]
        self._board = board
        self._clock = clock
        self._outbox = outbox

    async def run(self, pulse):
        """Look a minute after the start, then every check_s."""
        await pulse.sleep_until(self._clock.now() + min(60, self._check_s))
        while True:
            installed = await self._look(pulse)
            gc.collect()
            if installed:
                from osb_box.restart import restart

                restart(self._outbox, self.said)
            await pulse.sleep_until(self._clock.now() + self._check_s)

    async def _look(self, pulse):
        """Install what is offered if it is newer and sound; returns whether a restart is due."""
        try:
            from osb_boot import install, slots

            job = install.Install(hal.port().state_dir(), self._board)
            key = install.key_id(install.trusted(job.home, slots.load(job.home)))
            await self._manifest(job, key)
            pulse.beat()
            slot = await job.pack(self._fetcher(pulse))
            job.activate(slot)
            self.said = "release %d is installed" % job.head["release"]
            return True
        except (ValueError, OSError, KeyError, MemoryError) as e:  # a manifest refused, a server that is not there
            self.said = str(e) or type(e).__name__
            return False
        finally:
            install = slots = job = None
            forget(*_MODULES)

    async def _manifest(self, job, key):
        """Signature and manifest are one file, so that nobody gets the one of another."""
        from osb_box.net import http

        stream, left = await http.get("%s/%s/manifest" % (self._url, key))
        try:
            signed = b""
            while len(signed) < _SIGNATURE:
                signed += await http.part(stream, _SIGNATURE - len(signed))
            left -= _SIGNATURE

            async def read(most):
                nonlocal left
                data = await http.part(stream, min(most, left)) if left > 0 else b""
                left -= len(data)
                return data

            await job.manifest(read, signed)
        finally:
            stream.s.close()

    def _fetcher(self, pulse):
        async def fetch(size, digest, put):
            from osb_box.net import http

            stream, length = await http.get("%s/parts/%s" % (self._url, digest))
            try:
                if length != size:
                    raise OSError("%s has %d bytes where the manifest says %d" % (digest[:8], length, size))
                while size:
                    data = await http.part(stream, min(size, _PART))
                    size -= len(data)
                    put(data)
                    pulse.beat()
            finally:
                stream.s.close()

        return fetch
