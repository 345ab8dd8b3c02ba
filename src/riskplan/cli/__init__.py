"""One thin command per verb."""

from riskplan.cli.app import main

__all__ = ["main"]
