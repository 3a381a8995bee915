"""Runs before main.py on a board: puts outputs where they do no harm, before anything else can fail."""

try:
    from osb_boot import outputs

    outputs.safe()
except Exception as e:  # a damaged file must not keep the box from starting
    print("boot:", e)
