"""Travel times behind one protocol: great circle, roads, given times, OSRM."""

from riskplan.travel.choice import roads_of, travel_of
from riskplan.travel.given import GivenTimes, read_times
from riskplan.travel.great_circle import GreatCircle, arc_metres
from riskplan.travel.osrm import Osrm
from riskplan.travel.protocol import NO_WAY, Matrix, TravelTimes
from riskplan.travel.roads import RoadTimes

__all__ = [
    "NO_WAY",
    "GivenTimes",
    "GreatCircle",
    "Matrix",
    "Osrm",
    "RoadTimes",
    "TravelTimes",
    "arc_metres",
    "read_times",
    "roads_of",
    "travel_of",
]
