"""Names of the rows in a home's workspace, as offsets: one row per quantity, one number per slot.

All sums in a workspace are in kW, kWh and EUR per slot. Its row length is a constant of the compiled code: only so does the compiler know that rows do
not overlap, and handles eight slots at once.
"""

STRIDE = 264  # most slots; 33 cache lines, so that rows do not fall on one another in the cache

# of a store: data
(
    CHARGE_MAX,
    DISCHARGE_MAX,
    GAIN,  # kWh of fill per kW charged through a slot: eta_in·dt
    DRAIN,  # kWh of fill per kW discharged through a slot: dt/eta_out
    RETENTION,
    INFLOW,  # usage·dt
    FILL_MIN,
    FILL_MAX,
    BELOW_PRICE,
    ABOVE_PRICE,
    WEAR,
    END_VALUE,  # first column only
) = range(0, 12 * STRIDE, STRIDE)
# of a store: the iterate. Z.. are duals of bounds; P, V, Y of a band's edge: kWh outside, kWh of room, dual
(
    CHARGE,
    Z_CHARGE,
    Z_CHARGE_MAX,
    FILL,
    P_MIN,
    V_MIN,
    Y_MIN,
    P_MAX,
    V_MAX,
    Y_MAX,
    DISCHARGE,
    Z_DISCHARGE,
    Z_DISCHARGE_MAX,
) = range(12 * STRIDE, 25 * STRIDE, STRIDE)
ONE_WAY, TWO_WAY = 10, 13  # rows of the iterate to keep
# of a store: condensed
(
    IH_C,  # 1 / Hessian of charge and of discharge
    IH_D,
    G_C,  # gradient of charge and of discharge, barrier included
    G_D,
    IM,  # 1 / (kWh of flow per EUR/kWh of fill)
    ALPHA,  # kW of net per kWh of flow
    H_F,  # Hessian and gradient of fill
    G_F,
    FLOW,  # flow that is missing in the balance of the store
    DF,  # change of fill
    DF_PEAK,  # and per kW of peak
    DUAL_F,  # value of fill [EUR/kWh]
) = range(25 * STRIDE, 37 * STRIDE, STRIDE)
STORE_SIZE = 37 * STRIDE

# of a home: data
LOAD, PV_MAX, IMPORT_MAX, EXPORT_MAX, IMPORT_PRICE, EXPORT_PRICE, PRICE = range(0, 7 * STRIDE, STRIDE)
# of a home: the iterate
(IMPORT, Z_IMPORT, Z_IMPORT_MAX, EXPORT, Z_EXPORT, Z_EXPORT_MAX, RHO, OMEGA, PV, Z_PV, Z_PV_MAX) = range(
    7 * STRIDE, 18 * STRIDE, STRIDE
)
NO_PV, WITH_PV = 8, 11
# of a home: condensed
(
    IH_I,
    IH_E,
    IH_P,
    G_I,
    G_E,
    G_P,
    BOTH,
    IQ,
    REST,
    SHADE,
    H0_I,
    RHO_NEW,
    RHO_PEAK,
    D_I,
    NET,
    LINE,
    LINE_PEAK,
    REST_PLAIN,
    RATIO_P,  # largest ratio of a change to the distance from its bound, primal and dual
    RATIO_D,
) = range(18 * STRIDE, 38 * STRIDE, STRIDE)
HOME_SIZE = 38 * STRIDE
