"""A copy of what an office handed in, with every fault marked where it stands and listed on a sheet of its own."""

from riskplan.case.marking.door import write_marked

__all__ = ["write_marked"]
