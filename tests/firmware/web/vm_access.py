"""Sessions of the household's page, and what guessing costs."""

from osb_box.web.access import Access, keyed, new_slate, same

NOW = 1768431600
CODE = "kite-lamp-7731"


def bearer(session):
    return "Bearer " + session


def test_the_keyed_hash_is_that_of_rfc_4231():
    # test cases 1, 2 and 6 of RFC 4231
    assert keyed(b"\x0b" * 20, b"Hi There") == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    want = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert keyed(b"Jefe", b"what do ya want for nothing?") == want
    long = b"Test Using Larger Than Block-Size Key - Hash Key First"
    assert keyed(b"\xaa" * 131, long) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"


def test_equal_and_unequal():
    assert [same(*pair) for pair in (("", ""), ("a", "a"), ("é", "é"))] == [True] * 3
    assert [same(*pair) for pair in (("a", "b"), ("a", "ab"), ("ab", "a"), ("", "a"))] == [False] * 4


def test_a_session_lasts_thirty_days_and_survives_a_restart():
    session = Access(CODE, new_slate()).log_in(CODE, NOW)
    after_restart = Access(CODE, new_slate())
    assert after_restart.allows(bearer(session), NOW)
    assert after_restart.allows(bearer(session), NOW + 30 * 86400 - 1)
    assert not after_restart.allows(bearer(session), NOW + 30 * 86400)
    assert not after_restart.allows(bearer(session), NOW - 1)  # from the future
    assert not after_restart.allows(session, NOW)
    assert not Access("another", new_slate()).allows(bearer(session), NOW)


def test_no_character_of_a_session_can_be_changed():
    access = Access(CODE, new_slate())
    session = access.log_in(CODE, NOW)
    for i in range(len(session)):
        changed = session[:i] + ("0" if session[i] != "0" else "1") + session[i + 1 :]
        assert not access.allows(bearer(changed), NOW + 100), i
    assert not access.wait_s(NOW + 100)  # none of this locks the household out


def test_all_sessions_can_be_ended():
    access = Access(CODE, new_slate())
    session = access.log_in(CODE, NOW)
    access.end_all(NOW)
    assert not access.allows(bearer(session), NOW + 5)
    assert access.allows(bearer(access.log_in(CODE, NOW + 5)), NOW + 5)
    assert access.allows(bearer(CODE), NOW + 5)  # a script has the code itself


def test_guessing_costs_twice_the_time_with_each_guess():
    access = Access(CODE, new_slate())
    session = access.log_in(CODE, NOW)
    waits = []
    for _ in range(16):
        assert access.log_in("guess", NOW) is None
        waits.append(access.wait_s(NOW))
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert not access.allows(bearer(CODE), NOW)  # closed: even the right code is not looked at
    assert access.allows(bearer(session), NOW)  # but whoever is in stays in
    assert access.allows(bearer(CODE), NOW + 900)
    assert access.log_in("guess", NOW + 901) is None
    assert access.wait_s(NOW + 901) == 0  # the right code has cleared the slate


def test_guesses_in_the_header_count_too():
    access = Access(CODE, new_slate())
    for _ in range(5):
        assert not access.allows(bearer("guess"), NOW)
    assert access.wait_s(NOW) == 1


def test_a_clock_that_is_set_back_locks_nobody_out_for_longer():
    access = Access(CODE, new_slate())
    for _ in range(30):
        access.log_in("guess", NOW)
    assert access.wait_s(NOW - 10**6) == 900
