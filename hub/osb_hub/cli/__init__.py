"""The command `vpp`."""


def main() -> None:
    """Run `vpp`."""
