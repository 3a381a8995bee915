"""The radio of a chip, as net/station.py needs it. No board has run this yet."""

import network

_NO_ADDRESS_YET = 2  # of the CYW43, which names it nowhere
# what joining has come to, in our words; ESP32 passes some reasons of its driver through
_STATES = {
    network.STAT_IDLE: "idle",
    network.STAT_CONNECTING: "joining",
    network.STAT_GOT_IP: "up",
    network.STAT_NO_AP_FOUND: "absent",
    network.STAT_WRONG_PASSWORD: "refused",
}


class Radio:
    """A station and an access point. Nothing here waits but `scan` and switching it on: one to three seconds."""

    def __init__(self, rp2):
        self._rp2 = rp2  # a CYW43 beside an RP2040 or RP2350, not an ESP32
        self._sta = network.WLAN(network.STA_IF)
        self._ap = network.WLAN(network.AP_IF)

    def on(self, name, country=None):
        """Switch it on; `name` is what the router and mDNS call the box."""
        network.hostname(name)
        if country:
            network.country(country)
        self._sta.active(True)
        self._sta.config(pm=self._sta.PM_NONE)  # a radio that sleeps misses multicast, and has no need to
        if not self._rp2:
            self._sta.config(reconnects=0)  # when to try again is decided in one place

    def off(self):
        """Take its power away, with all it knows."""
        self._ap.active(False)
        self._sta.active(False)
        if self._rp2:
            self._sta.deinit()

    def join(self, ssid, password):
        """Begin to join; `state` tells what comes of it. OSError where the driver refuses."""
        self.leave()
        if password:
            self._sta.connect(ssid, password)
        else:
            self._sta.connect(ssid)

    def leave(self):
        """Leave the network, or stop joining."""
        try:
            self._sta.disconnect()
        except OSError:
            pass  # there was nothing to leave

    def state(self):
        """One of idle, joining, up, absent, refused, failed: what the driver believes, which may be wrong."""
        status = self._sta.status()
        if self._rp2 and status == _NO_ADDRESS_YET:
            return "joining"
        return _STATES.get(status, "failed")

    def address(self):
        """(own address, gateway) or None while there is none."""
        own, _, gateway, _ = self._sta.ifconfig()
        return None if own == "0.0.0.0" else (own, gateway)

    def rssi(self):
        """How strong the network is [dBm], None if that cannot be told."""
        try:
            return self._sta.status("rssi")
        except (OSError, ValueError):
            return None

    def scan(self):
        """[(name, dBm)] of networks in reach, the strongest first; holds everything up for seconds."""
        best = {}
        for found in self._sta.scan():
            try:
                name = found[0].decode()
            except UnicodeError:
                continue
            if name and found[3] > best.get(name, -999):
                best[name] = found[3]
        return sorted(best.items(), key=lambda item: -item[1])

    def open(self, ssid, password):
        """Open an access point of our own; returns our address in it."""
        security = self._ap.SEC_WPA_WPA2 if self._rp2 else network.WLAN.SEC_WPA2  # ESP32 would leave it open
        if self._rp2:
            self._ap.config(ssid=ssid, key=password, security=security)
            self._ap.active(True)
        else:
            self._ap.active(True)
            self._ap.config(ssid=ssid, key=password, security=security)
        return self._ap.ifconfig()[0]

    def close(self):
        """Close the access point."""
        self._ap.active(False)

    def guests(self):
        """How many phones are in our access point."""
        return len(self._ap.status("stations"))
