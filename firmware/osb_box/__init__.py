"""Open Smart Box: what a board runs."""

VERSION = "0.1.0"
