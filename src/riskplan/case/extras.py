"""Libraries that only one kind of input needs: loaded when it is asked for, a fault with the remedy where absent."""

from __future__ import annotations

import importlib
from types import ModuleType

from riskplan.errors import Fault, InputError


def optional(module: str, extra: str, file: str) -> ModuleType:
    """Return a library that comes with an extra of this package.

    Parameters
    ----------
    module
        Name to import.
    extra
        Extra of the package that brings it.
    file
        What needs it, for the message.

    Raises
    ------
    InputError
        If it is not installed; the fault names the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise InputError([Fault("missing_extra", file, args={"extra": extra, "module": module})]) from error
