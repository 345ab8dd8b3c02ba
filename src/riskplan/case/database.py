"""A PostGIS address and a connection to it. The password is used for connecting and never told to anybody."""

from __future__ import annotations

import dataclasses
import re
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from riskplan.case.extras import optional
from riskplan.errors import Fault, InputError

DATABASE = "postgis"
"""Name of a database in messages."""
SCHEMES = ("postgresql://", "postgres://")
_TIMEOUT_S = 15
_SECRET_KEYS = frozenset({"password", "sslpassword", "passfile"})


def is_address(source: object) -> bool:
    """Tell whether a source is the address of a database."""
    return isinstance(source, str) and source.strip().lower().startswith(SCHEMES)


@dataclass(frozen=True)
class Address:
    """Where the tables are.

    Parameters
    ----------
    url
        Address without the schema, as the driver takes it; it may hold a password, so it is never shown.
    schema
        Schema with the tables.
    secrets
        Texts that no message may hold.
    """

    url: str = dataclasses.field(repr=False)
    schema: str
    secrets: tuple[str, ...] = dataclasses.field(repr=False)

    @classmethod
    def parsed(cls, text: str) -> Address:
        """Return an address in its parts.

        Raises
        ------
        InputError
            If it has none.
        """
        try:
            parts = urllib.parse.urlsplit(text.strip())
            query = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
            _ = parts.port
        except ValueError:
            raise InputError([Fault("bad_address", DATABASE)]) from None
        schema = next((value for key, value in query if key == "schema" and value), "public")
        others = [(key, value) for key, value in query if key != "schema"]
        raw = [parts.password or "", *(value for key, value in query if key in _SECRET_KEYS)]
        secrets = {form for secret in raw if secret for form in (secret, urllib.parse.unquote(secret))}
        url = urllib.parse.urlunsplit((
            "postgresql",
            parts.netloc,
            parts.path,
            urllib.parse.urlencode(others, quote_via=urllib.parse.quote),
            "",
        ))
        return cls(url, schema, tuple(sorted(secrets, key=lambda s: (-len(s), s))))

    def told(self, error: BaseException) -> str:
        """Return the first line of an error without any secret."""
        text = (str(error).strip().splitlines() or [type(error).__name__])[0]
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return re.sub(r"\s+", " ", text)[:200]


def shown(address: str) -> str:
    """Return an address as it may be printed: without user, password and options other than the schema."""
    try:
        parts = urllib.parse.urlsplit(address.strip())
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "postgresql://"
    schema = dict(urllib.parse.parse_qsl(parts.query)).get("schema")
    return f"postgresql://{host}{port}{parts.path}" + (f"?schema={schema}" if schema else "")


@contextmanager
def connected(place: Address, *, read_only: bool) -> Iterator[Any]:
    """Give a connection with one transaction that ends with the block: kept when all went well, else undone.

    Parameters
    ----------
    place
        Where to.
    read_only
        True for a transaction that sees one state of the database and may change nothing.

    Raises
    ------
    InputError
        If the database does not answer or refuses.
    """
    driver = optional("psycopg", "postgis", DATABASE)
    try:
        connection = driver.connect(place.url, connect_timeout=_TIMEOUT_S, client_encoding="utf8")
    except driver.OperationalError as error:
        raise InputError([Fault("no_connection", DATABASE, value=place.told(error))]) from None
    except driver.Error:
        raise InputError([Fault("bad_address", DATABASE)]) from None
    try:
        with connection:
            connection.isolation_level = driver.IsolationLevel.REPEATABLE_READ
            connection.read_only = read_only
            connection.execute("SET LOCAL datestyle TO 'ISO, YMD'")
            yield connection
    except driver.Error as error:
        raise InputError([Fault("database_refused", DATABASE, value=place.told(error))]) from None
