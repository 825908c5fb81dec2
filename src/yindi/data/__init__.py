"""Packaged tables: meaning lives here, not in code (law 9)."""
