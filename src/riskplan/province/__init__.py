"""Many counties. Empty until the issue on provinces fills it (docs/design.md, section 3)."""
