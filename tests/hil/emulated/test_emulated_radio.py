"""What the emulated radio would do wrong without us. Offset: `struct sdpcm_header_t` of the cyw43-driver."""

import pytest

CREDIT = 9  # up to which number the driver may send; equal to what it has sent means: no more


def test_what_the_network_sends_leaves_the_credit_of_the_box_as_it_is():
    emulated = pytest.importorskip("rp2040py.external.cyw43.bus", reason="the emulator is not installed")
    from osb_hil.emulated.network import earn_no_credit

    bus = emulated.GSPIBus()
    earn_no_credit(bus)
    first = bus._build_flow_control_response()[CREDIT]  # the answer to the first frame of the box
    frames = [bus._build_data_frame(bytes(64)) for _ in range(300)]
    assert {frame[CREDIT] for frame in frames} == {first}
    assert bus._build_flow_control_response()[CREDIT] == first + 1
