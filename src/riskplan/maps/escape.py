"""The one place where text of the data becomes text of a page.

branca compiles whatever it is handed as a Jinja template, and HTML runs what looks like a script. So the data
of a map never meet either: ``map_json`` makes a JSON literal in which nothing can end a script block, and
``seal`` keeps it out of the template under a token that the finished page swaps for the text.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

_SCRIPT_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
_TEXT_ESCAPES = {c: f"&#{ord(c)};" for c in "&<>\"'`$\\{}"}
_TOKEN = re.compile(r"sealed_[0-9a-f]{40}")


def map_text(text: str) -> str:
    """Return text that HTML, a JS string or template literal and Jinja all show literally.

    Parameters
    ----------
    text
        Any text of the data.

    Examples
    --------
    >>> map_text("<b>{{x}}")
    '&#60;b&#62;&#123;&#123;x&#125;&#125;'
    """
    return "".join(_TEXT_ESCAPES.get(c, c) for c in text)


def map_json(value: object) -> str:
    r"""Return a JSON literal in plain ASCII that may stand inside a script block.

    Parameters
    ----------
    value
        Lists, dicts, text, whole numbers, finite floats, booleans, None.

    A float that is not finite is refused by ``json``: JSON has no word for it.

    Examples
    --------
    >>> map_json(["</script>", 1])
    '["\\u003c/script\\u003e",1]'
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character, escape in _SCRIPT_ESCAPES.items():
        text = text.replace(character, escape)
    return text


def seal(name: str, text: str) -> str:
    """Return the token under which a block of text waits outside the template.

    The token is made from name and text, so that the same map gives the same bytes.

    Parameters
    ----------
    name
        Name of the block, unique on its page.
    text
        The block.
    """
    return "sealed_" + hashlib.sha256(f"{name}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:40]


def unseal(page: str, blocks: Mapping[str, str]) -> str:
    """Return a rendered page with every token replaced by its block, in one pass.

    One pass, because a block may itself contain a token that somebody typed into a name.

    Parameters
    ----------
    page
        Rendered template, without any data.
    blocks
        Token -> block.

    Raises
    ------
    ValueError
        If a token is missing from the page, occurs twice or is not known.
    """
    found = _TOKEN.findall(page)
    if sorted(found) != sorted(blocks):
        wrong = sorted(set(found) ^ set(blocks)) or sorted(t for t in found if found.count(t) > 1)
        message = f"each sealed block must occur exactly once in the page, wrong: {', '.join(wrong)}"
        raise ValueError(message)
    return _TOKEN.sub(lambda match: blocks[match.group()], page)
