"""The way to the network: names, connections, the radio. What needs a radio has not run on a board yet."""

good = []  # (name, its last good address), the latest last: outlives the module that asks
