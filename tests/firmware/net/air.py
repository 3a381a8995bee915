"""A radio and the air around it, as bad as people complain about: what hal's radio offers, in seconds of its own."""


class Air:
    """One home network: faults are attributes that a test sets.

    there      the access point is on
    password   what it wants to hear
    dhcp       it gives addresses
    forwards   what is sent through it gets somewhere
    channel    that of the access point; a radio that is joined does not notice when it changes, and claims to be joined
    """

    there = dhcp = forwards = True
    password = "right"
    channel = 6


class Radio:
    """`state()` lies as drivers do: once joined it says "up" until it is told to leave, unless `honest`."""

    honest = False
    stuck = False  # nothing but taking its power away helps
    guests_now = 0
    refuses = False  # the driver raises

    def __init__(self, air):
        self.air = air
        self.t = 0
        self._power()

    def _power(self):
        self._joined = self._channel = self._asked = self._begun = self._address = None
        self.powered = True
        self.stuck = False
        self.opened = None

    def _do(self):
        if self.refuses:
            raise OSError(5)

    def on(self, name, country=None):
        self._do()
        self._power()

    def off(self):
        self._do()
        self.powered = False
        self.opened = None

    def join(self, ssid, password):
        self._do()
        self._asked, self._begun, self._joined = password, self.t, None

    def leave(self):
        self._do()
        self._joined = self._begun = None

    def _see(self):
        """Three seconds after it was told to, a radio has joined, and two later it has an address."""
        if self._begun is None or self.stuck:
            return
        waited = self.t - self._begun
        air = self.air
        if self._joined is None and waited >= 3 and air.there and self._asked == air.password:
            self._joined, self._channel = True, air.channel
        if self._joined and waited >= 5 and air.dhcp:
            self._address = ("192.168.1.17", None)  # no router that a test could mistake for its own

    def alive(self):
        """Would anybody in the network answer us now?"""
        self._see()
        air = self.air
        return bool(
            self.powered
            and self._joined
            and self._address
            and not self.stuck
            and air.there
            and air.forwards
            and air.channel == self._channel
        )

    def state(self):
        self._do()
        self._see()
        if self._begun is None:
            return "idle"
        if self._joined:
            if self.honest and not self.air.there:
                return "idle"
            return "up" if self._address else "joining"
        if self.t - self._begun < 3:
            return "joining"
        return "absent" if not self.air.there else "refused" if self._asked != self.air.password else "joining"

    def address(self):
        self._do()
        return self._address

    def rssi(self):
        return -60

    def open(self, ssid, password):
        self._do()
        assert len(password) >= 8
        self.opened = ssid
        return "127.0.0.1"

    def close(self):
        self._do()
        self.opened = None

    def guests(self):
        return self.guests_now if self.opened else 0
