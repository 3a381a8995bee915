"""The box's side of the hub: an MQTT 3.1.1 client and the session that speaks the wire contract over it."""
