"""Fictional unified social credit codes whose check characters are right (GB 32100, GB 11714)."""

from __future__ import annotations

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, k, 31) for k in range(17))
_ORGAN_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def credit_code(number: int, division: str = "350525") -> str:
    """Return a valid-looking code of a legal person that cannot exist: its organ code starts with ``XX``.

    Parameters
    ----------
    number
        Running number, 0 to 999,999.
    division
        Six digits of the place of registration.
    """
    organ = f"XX{number:06d}"
    body = f"91{division}{organ}{organ_sign(organ)}"
    return body + check_sign(body)


def organ_sign(organ: str) -> str:
    """Return the check sign of an organ code from its first 8 signs (GB 11714)."""
    rest = sum(w * _DIGITS.index(c) for w, c in zip(_ORGAN_WEIGHTS, organ, strict=True)) % 11
    return "0X987654321"[rest]


def check_sign(body: str) -> str:
    """Return the last sign of a credit code from its first 17 (GB 32100)."""
    rest = sum(w * _SIGNS.index(c) for w, c in zip(_WEIGHTS, body, strict=True)) % 31
    return _SIGNS[(31 - rest) % 31]
