"""What must outlive a restart, in one file that is replaced as a whole and never half written. Needed once a slot."""

from osb_boot.atomic import load, save, saving

__all__ = ["load", "save", "saving"]
