"""A folium map without a network: assets inside the file, data outside the template, only our own scripts."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from typing import Any

import folium
from branca.element import Figure, MacroElement
from jinja2 import Template

from riskplan.maps.escape import map_json, map_text, seal, unseal

_STYLES = ("leaflet/leaflet.css", "page.css", "panel.css")
_SCRIPTS = ("guard.js", "leaflet/leaflet.js", "core.js")
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src "
_URL = re.compile(r"url\([^)]*\)")
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+")
_SCRIPT_BLOCK = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_LEAFLET_LINK = 'href="https://leafletjs.com"'


@cache
def asset(name: str) -> str:
    """Return an asset ready to stand inside the page: no outside address left in it.

    Parameters
    ----------
    name
        Path below ``maps/assets``.

    Raises
    ------
    ValueError
        If the asset could end the block it stands in.
    """
    text = resources.files("riskplan.maps").joinpath("assets", *name.split("/")).read_text(encoding="utf-8")
    text = _SOURCE_MAP.sub("", text).replace(_LEAFLET_LINK, "")
    if name.endswith(".css"):
        text = _URL.sub("none", text)
    if "</script" in text or "</style" in text:
        message = f"asset {name} contains a closing tag"
        raise ValueError(message)
    return text


class SealedFigure(Figure):
    """The page: renders the template without data, then puts the sealed blocks in, and allows only scripts.

    Parameters
    ----------
    title
        Title of the page, any text.
    lang
        ``zh`` or ``en``.
    """

    _template = Template(
        '<!DOCTYPE html>\n<html lang="{{ this.lang }}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="{{ this.policy }}">\n'
        "<title>{{ this.sealed_title }}</title>\n{{ this.header.render(**kwargs) }}\n</head>\n"
        "<body>\n{{ this.html.render(**kwargs) }}\n<script>\n{{ this.script.render(**kwargs) }}\n</script>\n"
        "</body>\n</html>\n"
    )

    def __init__(self, title: str, lang: str) -> None:
        super().__init__(height="720px")
        self.lang = "zh-CN" if lang == "zh" else "en"
        self.policy = seal("policy", "")
        self._page_title = map_text(title)
        self.sealed_title = seal("title", self._page_title)
        self.blocks: dict[str, str] = {}

    def render(self, **kwargs: object) -> str:
        """Return the finished page; its elements hand in their blocks while they render."""
        self.blocks = {self.sealed_title: self._page_title, self.policy: self.policy}
        skeleton = super().render(**kwargs)
        page = unseal(skeleton, self.blocks)
        digests = " ".join(f"'sha256-{_digest(script)}'" for script in _SCRIPT_BLOCK.findall(page))
        return page.replace(self.policy, _POLICY + digests, 1)


class SealedElement(MacroElement):
    """An element whose assets and data never pass through Jinja.

    Parameters
    ----------
    name
        Fixed name; folium's random ids would make every map a different file.
    """

    def __init__(self, name: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "layer"
        self._id = name
        self.blocks: dict[str, str] = {}

    def sealed(self, name: str, text: str) -> str:
        """Keep a block of text out of the template and return its token."""
        token = seal(f"{self._id}/{name}", text)
        self.blocks[token] = text
        return token

    def render(self, **kwargs: object) -> str:
        """Hand the blocks to the page and render the macros there; nothing is left for the parent.

        Raises
        ------
        TypeError
            If the element is not on a page that can unseal.
        """
        page = self.get_root()
        if not isinstance(page, SealedFigure):
            message = f"layer {self._id} is on a page of type {type(page).__name__}, which cannot unseal"
            raise TypeError(message)
        page.blocks.update(self.blocks)
        super().render(**kwargs)  # type: ignore[no-untyped-call]
        return ""


class Assets(SealedElement):
    """The styles and the scripts that every map needs, and the licence of the one foreign library."""

    _template = Template(
        "{% macro header(this, kwargs) %}"
        "<!--\n{{ this.licence }}\n-->\n"
        "{% for token in this.styles %}<style>\n{{ token }}\n</style>\n{% endfor %}"
        "{% for token in this.scripts %}<script>\n{{ token }}\n</script>\n{% endfor %}"
        "{% endmacro %}"
    )

    def __init__(self) -> None:
        super().__init__("assets")
        self.licence = self.sealed("licence", "Leaflet 1.9.4\n" + asset("leaflet/LICENSE"))
        self.styles = [self.sealed(name, asset(name)) for name in _STYLES]
        self.scripts = [self.sealed(name, asset(name)) for name in _SCRIPTS]


class Layer(SealedElement):
    """One part of the map: a script of its own name and the data that it draws.

    Parameters
    ----------
    name
        Name of the script below ``maps/assets`` and of its function in the page.
    data
        JSON-able data.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}{{ this.code }}\n"
        "riskplan.layer.{{ this.layer }}({{ this._parent.get_name() }}, {{ this.data }});\n{% endmacro %}"
    )

    def __init__(self, name: str, data: object) -> None:
        super().__init__(name)
        self.layer = name
        self.code = self.sealed("code", asset(f"{name}.js"))
        self.data = self.sealed("data", map_json(data))


class OfflineMap(folium.Map):
    """A folium map with a fixed id that links to no script or style outside."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - handed on to folium as they are
        super().__init__(**options)
        self._id = "riskplan"
        self.default_js = []
        self.default_css = []


def offline_map(title: str, lang: str, centre: tuple[float, float]) -> folium.Map:
    """Return an empty folium map without tiles, links or random ids.

    Parameters
    ----------
    title
        Title of the page.
    lang
        ``zh`` or ``en``.
    centre
        Latitude and longitude [degrees].
    """
    page = OfflineMap(
        location=centre, tiles=None, zoom_start=10, zoom_control=False, attribution_control=False,
        max_zoom=18, zoom_snap=0.1, zoom_delta=0.5, box_zoom=False, keyboard=False,
    )  # fmt: skip
    SealedFigure(title, lang).add_child(page, name="map")
    page.add_child(Assets())
    return page


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
