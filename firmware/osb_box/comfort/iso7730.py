"""How most people would feel: predicted mean vote and predicted percentage dissatisfied of ISO 7730:2005, annex D.

Floats may be single precision. Imported at a question only.
"""

from math import exp

_MET_W_M2 = 58.15
_CLO_M2K_W = 0.155
_HALVINGS = 24  # more than the bits of a single float


def pmv(air_c, radiant_c, speed_m_s, humidity, met, clo):
    """The mean vote, -3 cold to 3 hot, of air and radiant temperature [degrees C], air speed relative to the body
    [m/s], relative humidity [0..1], metabolic rate [met], clothing [clo]; the standard holds for votes in -2..2.
    """
    heat = met * _MET_W_M2  # all of it becomes heat: no external work
    vapour_pa = humidity * 1000 * exp(16.6536 - 4030.183 / (air_c + 235))
    insulation = clo * _CLO_M2K_W
    area = 1 + 1.29 * insulation if insulation <= 0.078 else 1.05 + 0.645 * insulation
    skin_c = 35.7 - 0.028 * heat
    low, high = min(air_c, radiant_c, skin_c), max(air_c, radiant_c, skin_c)
    cloth = dry = 0.0
    # the clothing's surface lies where what comes through it leaves it; the surplus falls as the surface warms
    for _ in range(_HALVINGS):
        cloth = low + (high - low) / 2
        dry = area * (_radiation(cloth, radiant_c) + _convection(cloth, air_c, speed_m_s))
        if skin_c - cloth > insulation * dry:
            low = cloth
        else:
            high = cloth
    loss = 0.00305 * (5733 - 6.99 * heat - vapour_pa)  # diffusion through the skin
    loss += max(0.0, 0.42 * (heat - _MET_W_M2))  # sweat
    loss += 0.000017 * heat * (5867 - vapour_pa) + 0.0014 * heat * (34 - air_c)  # breath
    return (0.303 * exp(-0.036 * heat) + 0.028) * (heat - loss - dry)


def ppd(vote):
    """Per cent of people who would be dissatisfied where the mean vote is this."""
    return 100 - 95 * exp(-0.03353 * vote**4 - 0.2179 * vote**2)


def _radiation(cloth_c, radiant_c):
    """W for each m2 of clothing; in hundreds of kelvin, or the fourth powers would eat a single float's digits."""
    cloth, radiant = (cloth_c + 273) / 100, (radiant_c + 273) / 100
    return 3.96 * (cloth * cloth + radiant * radiant) * (cloth + radiant) * (cloth - radiant)


def _convection(cloth_c, air_c, speed_m_s):
    natural = 2.38 * abs(cloth_c - air_c) ** 0.25
    return max(natural, 12.1 * speed_m_s**0.5) * (cloth_c - air_c)
