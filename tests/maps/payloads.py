"""Texts that do harm where text is taken for something else."""

from __future__ import annotations

PAYLOADS = (
    "<script>document.body.dataset.pwned=1</script>",
    "<img src=x onerror=document.body.dataset.pwned=1>",
    "{{ cycler.__init__.__globals__.os.getcwd() }}",
    "{% for x in y %}",
    "{# never closed",
    "back`tick",
    "${1} ${document.body.dataset.pwned=1}",
    "</script><script>document.body.dataset.pwned=1</script>",
    "line\u2028separator\u2029here",
    "emoji 😀🏭",
    "quotes ' \" \\ &lt; &amp; $& $1",
    "{n} {m} {name}",
    "sealed_" + "0" * 40,
    "很长的名称" * 40,
)
"""The last but one looks like a token of the page; the last has 200 characters."""
