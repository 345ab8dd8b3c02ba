"""Every sentence a person reads, in Chinese and English, from one catalogue."""

from riskplan.text.catalogue import LANGUAGES, keys, missing, say

__all__ = ["LANGUAGES", "keys", "missing", "say"]
