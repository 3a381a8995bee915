"""TLS for a connection to a hub. Needed at each connect only."""

import gc

import tls  # what `ssl` is made of, which would stay in memory


def authority(hub):
    """Who vouches for the hub; OSError where that cannot be read. It takes an RP2040 35 ms."""
    gc.collect()  # it takes 3 kB
    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    context.verify_mode = tls.CERT_REQUIRED  # not the default on MicroPython
    with open(hub["ca"], "rb") as f:
        try:
            context.load_verify_locations(f.read())
        except ValueError:
            raise OSError("hub.ca: %s is not a certificate in DER form" % hub["ca"]) from None
    return context


def wrapped(sock, hub, context):
    """TLS over a connected socket; who cannot show a certificate of our own authority for the hub's name is refused."""
    hub["room"] = None  # that of a session, 16 kB of it in one piece
    gc.collect()
    return context.wrap_socket(sock, server_hostname=hub["name"] or hub["host"], do_handshake_on_connect=False)
