"""What a checked profile is made of; profile.py, which checks, need not stay in memory."""

from collections import namedtuple

# what they mean stands in profile.py
TARGET_KEYS = ("fc", "addr", "model", "type", "scale", "low", "high")
ITEM_KEYS = ("point", "unit") + TARGET_KEYS + ("sf", "size", "bad", "low_word_first", "counter")
ITEM_KEYS += ("power_on", "optional", "plus", "minus")

Profile = namedtuple("Profile", ("name", "bus", "gap", "most", "items", "targets"))  # targets: {what: Target}
Item = namedtuple("Item", ITEM_KEYS + ("map",))  # a point to read; `map`: text to number
Target = namedtuple("Target", TARGET_KEYS + ("map",))  # what can be written; `map`: word of a command to number
