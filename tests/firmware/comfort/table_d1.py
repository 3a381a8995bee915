"""ISO 7730:2005, table D.1: what the standard prints for thirteen rooms, for both interpreters.

Air and radiant temperature [degrees C], air speed [m/s], humidity [%], met, clo, PMV, PPD [%].
"""

PRINTED = (
    (22.0, 22.0, 0.10, 60, 1.2, 0.5, -0.75, 17),
    (27.0, 27.0, 0.10, 60, 1.2, 0.5, 0.77, 17),
    (27.0, 27.0, 0.30, 60, 1.2, 0.5, 0.44, 9),
    (23.5, 25.5, 0.10, 60, 1.2, 0.5, -0.01, 5),
    (23.5, 25.5, 0.30, 60, 1.2, 0.5, -0.55, 11),
    (19.0, 19.0, 0.10, 40, 1.2, 1.0, -0.60, 13),
    (23.5, 23.5, 0.30, 40, 1.2, 1.0, 0.12, 5),
    (23.0, 21.0, 0.10, 40, 1.2, 1.0, 0.05, 5),
    (23.0, 21.0, 0.30, 40, 1.2, 1.0, -0.16, 6),
    (22.0, 22.0, 0.10, 60, 1.6, 0.5, 0.05, 5),
    (27.0, 27.0, 0.10, 60, 1.6, 0.5, 1.17, 34),
    (27.0, 27.0, 0.30, 60, 1.6, 0.5, 0.95, 24),
)
# The seventh row is printed as 0.50 (10 %), but the programme printed beside the table gives 0.36 (8 %), as does every
# implementation of it; pythermalcomfort leaves this row out of its own tests.
ROW_7 = (23.5, 23.5, 0.10, 40, 1.2, 1.0)
ROW_7_BY_THE_PROGRAMME = 0.36
