"""Names of the rows over a home's held slots, as `rows` names those over its slots: one row per quantity, one number per held slot.

What is not there (no such direction, no such power) has neutral numbers instead of a branch: only so are eight held slots handled at once.
"""

from osb_hub.dispatch.structured.rows import STRIDE

UP, DOWN = 0, 1
ABSENT = 1e12  # stiffness of what there is not
LEAST_ROOM = 1e-9  # kW

# kept of a store, per held column; then P, V, Y of each window
R_C, Z_C, K_C, R_D, Z_D, K_D, WINDOWS = range(7)
PER_WINDOW = 3

# of a store: rows over its held slots
(
    ON_C,  # 1 where it can charge
    ON_D,
    GAIN_H,
    DRAIN_H,
    KEEPS,  # retention; 0 in the first slot, before which nothing changes
    CHARGE_H,
    DISCHARGE_H,
    CHARGE_MAX_H,
    DISCHARGE_MAX_H,
    IH_C_H,
    IH_D_H,
    G_C_H,
    G_D_H,
    BALANCE,  # fill − inflow − what is kept of the fill before
    P11,  # inverse Hessian of charge and discharge
    P12,
    P22,
    GC,  # their gradient
    GD,
    IM_,
    AL_N,
    AL_U,
    AL_D,
    FLOW_,
    NET0,
    R0_U,
    R0_D,
    BASE_U,
    BASE_D,
    TU1,
    TU2,
    TD1,
    TD2,
    QU1,
    QU2,
    QD1,
    QD2,
    QQ_UU,
    QQ_UD,
    QQ_DD,
    B_NN,
    B_U,
    B_D,
    B_UU,
    B_UD,
    B_DD,
    CHANGE_C,  # of charge and discharge in a step
    CHANGE_D,
    RATIO_P,
    RATIO_D,
) = range(0, 50 * STRIDE, STRIDE)
SLOT_SIZE = 50 * STRIDE
# of a store and direction: first what is kept, then condensed
(
    RC, ZC, KC, RD, ZD, KD, HAS_C, HAS_D, S1, S2, K1, K2, N11, N12, N22, NU1, NU2, NUU, E_F, B_F, C0, D0, H2, PULL, LEFT, KEEP1, KEEP2,
    DRAINED, MOVE_C, MOVE_D, DZ_C, DK_C, DZ_D, DK_D,
) = range(0, 34 * STRIDE, STRIDE)  # fmt: skip
SIDE_SIZE = 34 * STRIDE
# of a store, direction and window
P_W, V_W, Y_W, PRICE_W, INSIDE, WEIGHT, BASE, DP, DV, DY = range(0, 10 * STRIDE, STRIDE)
WINDOW_SIZE = 10 * STRIDE
# of a store and one of the fills that a slot touches: flow, what the three prices act on, the windows' own, and a change of the fill
Y_, U_N, U_U, U_D, F_U, F_D, CHANGE = range(0, 7 * STRIDE, STRIDE)
TOUCH_SIZE = 7 * STRIDE
