"""How the building keeps heat, found by recursive least squares from what was measured. Needed once a slot.

Over a window of four hours the heat balance of one mass reads, in kW,

    heat = C dT/dt + F d(heat)/dt + E d(sun)/dt + H (T - T_outdoor) - G - S sun

with C the capacity, H the loss, G people and appliances, S the windows' area. F and E are what the air runs ahead of
walls and floors while it is heated or shone on: so much of a second, fast mass is left in the terms of one. The heat is
what is explained because a thermostat answers disturbances with heat, which then do not bias what is learned; C and F
are learned only from dark windows in which the temperature was moved, as a thermostat that holds it still makes heat
answer each drift of it.

The estimate is what an installer's numbers and the windows seen make likely together: information of windows fades over
a month, that of the installer never does. So what the home does not show (a capacity while the temperature stands
still) stays with the installer's numbers, nothing grows without bound, and the matrix stays positive definite however
short the floats are. A window that fits badly counts less (Huber), one with a gap or a jump not at all.
"""

from array import array
from math import sqrt

from micropython import const

N = 6  # C [kWh/K], H [kW/10 K], G [kW], S [m2], F [kWh/kW], E [kWh at 1000 W/m2]
_SLOTS = const(16)
_HOURS = 4.0
_KEEP = 0.9944  # of a window's information in the next window: a month
_NOISE_KW = 0.3  # of a window's balance
_SPREAD = (0.3, 0.3, 0.5, 3.0, 5.0, 10.0)  # how far the installer may be off: C and H as a share, the rest as is
_LEAST, _MOST = 0.35, 2.5  # times the installer's number
_LINGERS = 0.5  # of the heat of a slot in the next: air and furniture follow within half an hour
_JUMP_MC = const(1500)  # in a slot: a glitch, or a window
_QUIET_KW = 0.5  # a window with less heat teaches nothing
_MOVED_K = 0.5
_DARK = 0.05  # mean sun of a window, kW/m2
_ENOUGH = const(42)  # windows of a week
_MOST_SUN = 20000.0  # W at 1000 W/m2
_MOST_LEAD = 1500.0  # mK for each kW

# places in the array that remembers: information matrix (lower triangle by rows), information vector, the window
_VECTOR = const(21)
_WINDOWS = const(27)
_COUNT = const(28)
_FIRST_MC = const(29)
_LAST_MC = const(30)
_SUM_K = const(31)
_SUM_KW = const(32)
_SUM_SUN = const(33)
_FIRST_KW = const(34)
_WARM_KW = const(35)  # heat that the air still feels
_AHEAD_MC = const(36)  # what was predicted at the window's begin, on its way
_ERROR_MK = const(37)
_FIRST_SUN = const(38)
_WARM_SUN = const(39)
SIZE = 40


def prior(building):
    """(what the installer says, its information) of a `building` of the configuration; lists of N."""
    c, h = building["capacity_wh_k"] / 1000, building["loss_w_k"] / 100
    guess = [c, h, building["gain_w"] / 1000, 0.0, 0.0, 0.0]
    spread = (_SPREAD[0] * c, _SPREAD[1] * h) + _SPREAD[2:]
    return guess, [1 / (s * s) for s in spread]


def begin(building):
    """The memory of a box that has seen nothing yet: array of SIZE single floats."""
    memory = array("f", [0.0] * SIZE)
    guess, sure = prior(building)
    for i in range(N):
        memory[i * (i + 3) // 2] = sure[i]
        memory[_VECTOR + i] = sure[i] * guess[i]
    return memory


def follow(store, building, after_mc, outdoor_mc, heat_w, gain_w, sun_w_m2, midnight):
    """A slot has passed: tell the `store` how far the air runs ahead now, and once a day what was found.

    `after_mc` and `heat_w` are None where they were not measured, `sun_w_m2` where nobody told it.
    """
    memory = store.memory
    if memory is None:
        memory = store.memory = begin(building)
    before_mc = None if store.begun_mc is None else memory[_LAST_MC]
    memory[_LAST_MC] = 0.0 if after_mc is None else after_mc
    if before_mc is None or after_mc is None or heat_w is None or abs(after_mc - before_mc) > _JUMP_MC:
        memory[_COUNT] = 0.0
        store.begun_mc = None
    else:
        if memory[_COUNT] == 0:
            memory[_AHEAD_MC] = before_mc - store.ahead_mk
        gain_w += store.sun_w * (sun_w_m2 or 0) // 1000
        memory[_AHEAD_MC] = store.predict(int(memory[_AHEAD_MC]), outdoor_mc, gain_w, heat_w)
        slot(memory, building, before_mc, after_mc, outdoor_mc, heat_w, sun_w_m2)
        store.ahead_mk = int(store.lead_mk_kw * memory[_WARM_KW])
        if memory[_COUNT] == 0:
            wrong = abs(memory[_AHEAD_MC] + store.ahead_mk - after_mc)
            memory[_ERROR_MK] += (wrong - memory[_ERROR_MK]) / min(60.0, memory[_WINDOWS] + 1)
    if midnight and after_mc is not None:
        heat_w = store.loss * (after_mc - store.ahead_mk - outdoor_mc) // 1000
        if shape(store, building):
            # what the correction had learned for the old numbers holds for the new ones here and now
            store.ahead_mk = int(store.lead_mk_kw * memory[_WARM_KW])
            store.bias_w += store.loss * (after_mc - store.ahead_mk - outdoor_mc) // 1000 - heat_w
            store.begun_mc = None
            memory[_COUNT] = 0.0


def shape(store, building):
    """Give the `store` what was found, once enough was seen; whether that changed it."""
    loss, capacity, lead, sun, windows = found(store.memory, building)
    if windows < _ENOUGH or (loss, capacity, lead, sun) == (store.loss, store.capacity, store.lead_mk_kw, store.sun_w):
        return False
    store.shape(loss, capacity)
    store.lead_mk_kw, store.sun_w = lead, sun
    return True


def error_mk(memory):
    """Mean error of the room temperature predicted four hours ahead, lately; None before enough was seen."""
    return int(memory[_ERROR_MK] + 0.5) if memory is not None and memory[_WINDOWS] >= _ENOUGH else None


def slot(memory, building, before_mc, after_mc, outdoor_mc, heat_w, sun_w_m2):
    """Put a slot into the window; a full window teaches."""
    kw, warm, sun, bright = heat_w / 1000, memory[_WARM_KW], (sun_w_m2 or 0) / 1000, memory[_WARM_SUN]
    memory[_WARM_KW] = _LINGERS * warm + (1 - _LINGERS) * kw
    memory[_WARM_SUN] = _LINGERS * bright + (1 - _LINGERS) * sun
    if memory[_COUNT] == 0:
        memory[_FIRST_MC], memory[_FIRST_KW], memory[_FIRST_SUN] = before_mc, warm, bright
        memory[_SUM_K] = memory[_SUM_KW] = memory[_SUM_SUN] = 0.0
    memory[_COUNT] += 1
    memory[_SUM_K] += ((before_mc + after_mc) / 2 - outdoor_mc) / 1000
    memory[_SUM_KW] += kw
    memory[_SUM_SUN] += sun
    if memory[_COUNT] < _SLOTS:
        return
    memory[_COUNT] = 0.0
    rise_k = (after_mc - memory[_FIRST_MC]) / 1000
    mean_kw = memory[_SUM_KW] / _SLOTS
    if mean_kw < _QUIET_KW:
        return  # in summer open windows would teach, and winter be forgotten
    row = [
        rise_k / _HOURS,
        memory[_SUM_K] / (10 * _SLOTS),
        -1.0,
        -memory[_SUM_SUN] / _SLOTS,
        (memory[_FIRST_KW] - memory[_WARM_KW]) / _HOURS,
        (memory[_FIRST_SUN] - memory[_WARM_SUN]) / _HOURS,
    ]
    _take(memory, building, row, mean_kw)


def _take(memory, building, row, kw):
    x = solve(memory)
    wrong = abs(kw - _dot(row, x))
    if abs(row[0]) * _HOURS < _MOVED_K or -row[3] > _DARK:
        kw -= row[0] * x[0] + row[4] * x[4]
        row[0] = row[4] = 0.0
    weight = 1 / (_NOISE_KW * _NOISE_KW)
    if wrong > 2 * _NOISE_KW:
        weight *= 2 * _NOISE_KW / wrong
    guess, sure = prior(building)
    k = 0
    for i in range(N):
        for j in range(i + 1):
            memory[k] = _KEEP * memory[k] + weight * row[i] * row[j]
            k += 1
        memory[k - 1] += (1 - _KEEP) * sure[i]
        vector = _KEEP * memory[_VECTOR + i] + weight * row[i] * kw
        memory[_VECTOR + i] = vector + (1 - _KEEP) * sure[i] * guess[i]
    memory[_WINDOWS] = min(10000.0, memory[_WINDOWS] + 1)


def _dot(a, b):
    total = 0.0
    for i in range(N):
        total += a[i] * b[i]
    return total


def solve(memory):
    """The most likely C [kWh/K], H [kW/10 K], G [kW], S [m2], F [kWh/kW]: Cholesky, forth and back."""
    lower = [0.0] * _VECTOR
    x = [memory[_VECTOR + i] for i in range(N)]
    for i in range(N):
        row = i * (i + 1) // 2
        for j in range(i + 1):
            column = j * (j + 1) // 2
            rest = memory[row + j]
            for k in range(j):
                rest -= lower[row + k] * lower[column + k]
            if i == j:
                lower[row + i] = sqrt(max(rest, 1e-6))
            else:
                lower[row + j] = rest / lower[column + j]
        for k in range(i):
            x[i] -= lower[row + k] * x[k]
        x[i] /= lower[row + i]
    for i in range(N - 1, -1, -1):
        for k in range(i + 1, N):
            x[i] -= lower[k * (k + 1) // 2 + i] * x[k]
        x[i] /= lower[i * (i + 3) // 2]
    return x


def found(memory, building):
    """(loss [W/K], capacity [Wh/K], lead of the air [mK/kW], sun [W at 1000 W/m2], windows seen): what a building
    like this can be.
    """
    x = solve(memory)
    loss, capacity = building["loss_w_k"], building["capacity_wh_k"]
    loss = max(_LEAST * loss, min(_MOST * loss, x[1] * 100))
    capacity = max(_LEAST * capacity, min(_MOST * capacity, x[0] * 1000))
    lead = max(0.0, min(_MOST_LEAD, x[4] * 1000000 / capacity))
    sun = max(0.0, min(_MOST_SUN, x[3] * 1000))
    return int(loss + 0.5), int(capacity + 0.5), int(lead + 0.5), int(sun + 0.5), int(memory[_WINDOWS])
