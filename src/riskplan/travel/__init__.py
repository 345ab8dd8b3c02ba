"""Travel times behind one protocol; the default provider is the great circle times a detour."""

from riskplan.travel.great_circle import GreatCircle, arc_metres
from riskplan.travel.protocol import Matrix, TravelTimes

__all__ = ["GreatCircle", "Matrix", "TravelTimes", "arc_metres"]
