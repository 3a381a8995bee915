"""What the installer's page asks for: who is on the buses, other settings, and whether all of it works.

Nothing of it is in memory but while somebody asks, while a scan runs, or until new settings have shown that they work.
"""
