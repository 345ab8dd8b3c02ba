"""Ledger, changes, reasons. Empty until the issue on rebalancing fills it (docs/design.md, section 3)."""
