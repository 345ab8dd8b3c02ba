"""Offline maps: own folium layers, assets inside the file, escaping in one place.

The verbs load folium only when they are used, so that figures and words stay cheap for other rooms.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from riskplan.maps.draw import draw_map as draw_map
    from riskplan.maps.draw import write_map as write_map

_VERBS = ("draw_map", "write_map")


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a verb of this room
    """Load a verb on first use.

    Raises
    ------
    AttributeError
        If this room has no such verb.
    """
    if name not in _VERBS:
        message = f"module 'riskplan.maps' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module("riskplan.maps.draw"), name)
