"""The office's secret: 32 random bytes in a file of mode 600, and the streams of numbers that come from it.

What must stay unknown outside the office (weeks of unannounced visits) is decided by numbers that nobody can compute
who does not have the file. Block n of a stream is HMAC-SHA256(key, n), its key HMAC-SHA256(secret, label | context):
RFC 2104 and FIPS 180-4; that such blocks can't be told from random ones is the usual assumption about HMAC.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from riskplan.errors import RiskplanError

SECRET_BYTES = 32
OWNER_ONLY = 0o600
_PUBLIC_MARKS = ("case.toml", "manifest.json")
"""Files that mark a case or a plan: such folders are handed on, a secret in them would go along."""
_UNIT = 2.0**-53


class SecretError(RiskplanError):
    """A secret file can't be made or may not be used."""


@dataclass(frozen=True)
class Secret:
    """The office's secret; it shows its hash, never itself.

    Parameters
    ----------
    value
        32 bytes.
    """

    value: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a wrong length.

        Raises
        ------
        SecretError
            If there are not 32 bytes.
        """
        if len(self.value) != SECRET_BYTES:
            raise SecretError("secret_length", count=len(self.value), needed=SECRET_BYTES)

    @property
    def sha256(self) -> str:
        """Return the hash that a manifest may state; 32 random bytes can't be found from it."""
        return hashlib.sha256(self.value).hexdigest()

    def stream(self, label: str, *context: str) -> Stream:
        """Return a stream of numbers of its own for a purpose.

        Parameters
        ----------
        label
            What the numbers are for; no ``|`` in it.
        context
            What they depend on besides, such as the fingerprints of case and rules.
        """
        text = "|".join((label, *context))
        return Stream(hmac.digest(self.value, text.encode(), "sha256"))


class Stream:
    """Numbers that follow from a key: the same key gives the same numbers, in order.

    Parameters
    ----------
    key
        32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._key, self._block, self._left = key, 0, list[int]()

    def uniform(self) -> float:
        """Return the next number in [0, 1), of 53 bits."""
        if not self._left:
            block = hmac.digest(self._key, str(self._block).encode(), "sha256")
            self._left = [int.from_bytes(block[at : at + 8], "big") for at in (24, 16, 8, 0)]
            self._block += 1
        return (self._left.pop() >> 11) * _UNIT

    def pick(self, weights: npt.NDArray[np.float64]) -> int:
        """Return an index drawn by weights.

        Parameters
        ----------
        weights
            shape (n,), >= 0, not all 0.
        """
        sums = np.cumsum(weights)
        found = int(np.searchsorted(sums, self.uniform() * sums[-1], side="right"))
        return min(found, int(np.flatnonzero(weights)[-1]))

    def shuffled(self, count: int) -> list[int]:
        """Return the numbers 0 to ``count`` - 1 in a drawn order."""
        keys = [self.uniform() for _ in range(count)]
        return sorted(range(count), key=keys.__getitem__)


def make_secret(path: Path | str) -> Secret:
    """Make a new secret file from the system's random source; an existing one is never replaced.

    Parameters
    ----------
    path
        File to make, outside every case and plan folder; its folder must exist.

    Raises
    ------
    SecretError
        If the file exists, its folder does not, or the folder belongs to a case or a plan.
    """
    file = Path(path)
    _refuse_public(file)
    made = Secret(secrets.token_bytes(SECRET_BYTES))
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError:
        raise SecretError("secret_exists", file=file.name) from None
    except OSError as error:
        raise SecretError("secret_unwritable", file=file.name, problem=error.strerror or "") from None
    with os.fdopen(handle, "wb") as out:
        out.write(made.value)
    return made


def read_secret(path: Path | str) -> Secret:
    """Read a secret file.

    Parameters
    ----------
    path
        File made by ``make_secret``.

    Raises
    ------
    SecretError
        If it can't be read, has not 32 bytes, lies in a case or plan folder, or others than its owner may open it.
    """
    file = Path(path)
    _refuse_public(file)
    try:
        with file.open("rb") as source:
            mode = stat.S_IMODE(os.fstat(source.fileno()).st_mode)
            value = source.read(SECRET_BYTES + 1)
    except OSError as error:
        raise SecretError("secret_unreadable", file=file.name, problem=error.strerror or "") from None
    if os.name == "posix" and mode & ~OWNER_ONLY & 0o077:
        raise SecretError("secret_open_to_others", file=file.name, mode=f"{mode:03o}")
    if len(value) != SECRET_BYTES:
        count = file.stat().st_size
        raise SecretError("secret_length", file=file.name, count=count, needed=SECRET_BYTES)
    return Secret(value)


def _refuse_public(file: Path) -> None:
    """Refuse a place inside a case or plan folder, at any depth.

    Raises
    ------
    SecretError
        If the place is inside one.
    """
    for folder in file.absolute().parents:
        if any((folder / mark).is_file() for mark in _PUBLIC_MARKS):
            raise SecretError("secret_in_public_folder", file=file.name, folder=folder.name)
