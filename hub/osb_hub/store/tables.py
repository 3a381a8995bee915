"""The hub's tables. Times are Unix seconds UTC, power in W and energy in Wh, positive from the grid into the home."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

box = Table(
    "box",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("feeder", String(64), nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),  # when the hub last heard of it
    Column("telemetry_t", BigInteger),  # latest moment it has measured
    Column("state", String(8), nullable=False),
    Column("state_reason", Text, nullable=False),
    Column("hello", JSON),
    Column("refused", Integer, nullable=False, default=0),
    Column("refusal", Text),  # why the last refused message was refused
    Column("refused_at", BigInteger),
    Column("duplicates", Integer, nullable=False, default=0),
    Column("dirty_from", BigInteger),  # earliest reading that the 15-minute values do not know yet
)

watermark = Table(
    "watermark",
    metadata,
    Column("box", String(32), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("seq", BigInteger, nullable=False),  # everything up to here is stored, or no longer held by the box
)

message = Table(
    "message",
    metadata,
    Column("box", String(32), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("t", BigInteger),  # null for a refused one
    Column("received", BigInteger, nullable=False),
    Column("refused", Boolean, nullable=False),
)

reading = Table(
    "reading",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("box", String(32), nullable=False),
    Column("point", String(24), nullable=False),
    Column("t", BigInteger, nullable=False),
    Column("value", BigInteger),
    Column("unit", String(4), nullable=False),
    Column("quality", String(8), nullable=False),
    Column("age_s", BigInteger, nullable=False),
    Index("reading_box_point_t", "box", "point", "t"),
    Index("reading_box_t", "box", "t"),
)

interval = Table(
    "interval",
    metadata,
    Column("box", String(32), primary_key=True),
    Column("point", String(24), primary_key=True),
    Column("start", BigInteger, primary_key=True),
    Column("value", Float, nullable=False),  # mean of the slot; for a counter the energy of the slot
    Column("unit", String(4), nullable=False),
    Column("completeness", Float, nullable=False),  # 0..1: share of the slot that was measured, not interpolated
)

offer = Table(
    "offer",
    metadata,
    Column("box", String(32), primary_key=True),
    Column("t", BigInteger, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("offer", JSON, nullable=False),
)

plan = Table(
    "plan",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("t", BigInteger, nullable=False, index=True),
    Column("start", BigInteger, nullable=False, index=True),
    Column("slots", Integer, nullable=False),
    Column("ttl_s", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("sentence", Text, nullable=False),
    Column("objective_eur", Float, nullable=False),
    Column("solve_s", Float, nullable=False),
    # how good it surely is, see `PlanResult`; null where that is not known
    Column("solver", String(16)),
    Column("lower_bound_eur", Float),
    Column("gap", Float),
    Column("gap_of_savings", Float),
    Column("no_dispatch_eur", Float),
    Column("realised_objective_eur", Float),
    Column("change_wh", Float),
    Column("change_eur", Float),
    Column("due_eur", Float),
)

plan_power = Table(
    "plan_power",
    metadata,
    Column("plan", Integer, primary_key=True),
    Column("box", String(32), primary_key=True),
    Column("actuator", String(24), primary_key=True),
    Column("start", BigInteger, primary_key=True),
    Column("power_w", Integer, nullable=False),
)

plan_box = Table(
    "plan_box",
    metadata,
    Column("plan", Integer, primary_key=True),
    Column("box", String(32), primary_key=True),
    Column("start", BigInteger, primary_key=True),
    Column("net_w", Float, nullable=False),
)

plan_feeder = Table(
    "plan_feeder",
    metadata,
    Column("plan", Integer, primary_key=True),
    Column("feeder", String(64), primary_key=True),
    Column("start", BigInteger, primary_key=True),
    Column("net_w", Float, nullable=False),
    Column("limit_w", Float),  # null: no limit
    Column("shortfall_w", Float, nullable=False),
    Column("shadow_eur_mwh", Float, nullable=False),
)

plan_due = Table(
    "plan_due",
    metadata,
    Column("plan", Integer, primary_key=True),
    Column("box", String(32), primary_key=True),
    Column("due_eur", Float, nullable=False),  # compensation for the whole first slot of the plan
)

reply = Table(
    "reply",
    metadata,
    Column("plan", Integer, primary_key=True),
    Column("box", String(32), primary_key=True),
    Column("t", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("accepted", JSON, nullable=False),
    Column("refused", JSON, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("box", String(32), nullable=False),
    Column("feeder_limit", Integer, nullable=False),
    Column("t", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("answer", String(8)),  # does the home take part? null: it has not said
    Column("refusal", String(16)),
    Column("detail", Text),
    UniqueConstraint("box", "feeder_limit", name="event_once"),
)

home_limit = Table(  # what a box was told of a grid operator's limit; the newest holds
    "home_limit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("box", String(32), nullable=False, index=True),
    Column("t", BigInteger, nullable=False),
    Column("power_w", Integer),  # null: no limit
    Column("until", BigInteger),
    Column("heartbeat_s", Integer),  # null: the box is left to itself
    Column("fail_safe_w", Integer, nullable=False),
    Column("fail_safe_s", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)

home_limit_reply = Table(  # what the box said was in force: the evidence
    "home_limit_reply",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("box", String(32), nullable=False, index=True),
    Column("home_limit", Integer),  # null: the local contact's
    Column("t", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("power_w", Integer),
    Column("until", BigInteger),
    Column("reason", Text, nullable=False),
)

terms = Table(
    "terms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("box", String(32), nullable=False, index=True),
    Column("t", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("numbers", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("counter", JSON),  # the numbers the home asks for
    Column("replied", BigInteger),
    Column("detail", Text),
)

price = Table(
    "price",
    metadata,
    Column("start", BigInteger, primary_key=True),
    Column("announced", BigInteger, primary_key=True),
    Column("spot_eur_mwh", Float, nullable=False),
)

feeder_limit = Table(
    "feeder_limit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("feeder", String(64), nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("import_max_w", Integer, nullable=False),
    Column("announced", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
)

weather = Table(
    "weather",
    metadata,
    Column("start", BigInteger, primary_key=True),
    Column("temp_mc", Integer, nullable=False),
    Column("ghi_w_m2", Integer, nullable=False),
)
