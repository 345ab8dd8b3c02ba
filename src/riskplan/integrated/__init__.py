"""Weeks, days and routes together. Empty until the issue on the week fills it (docs/design.md, section 3)."""
