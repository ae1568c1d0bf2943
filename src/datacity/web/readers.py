# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How the text of a setting becomes its value; each raises ValueError for a text that is not allowed."""

import ipaddress
import re
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def text(value: str) -> str:
    """Give a text of one line and at most 200 characters."""
    if len(value) > 200 or not value.isprintable():
        raise ValueError(value)
    return value


def folder(value: str) -> Path | None:
    """Give an absolute path, `~` resolved; None for the empty text."""
    if not value:
        return None
    try:
        path = Path(value).expanduser()
    except RuntimeError as error:  # "~somebody" who has no account here
        raise ValueError(value) from error
    if not path.is_absolute():
        raise ValueError(value)
    return path


def issuer(value: str) -> str:
    """Give the address of an issuer without its last slash, or the empty text; plain http only for this machine."""
    if not value:
        return ""
    parts = urlsplit(value)
    here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme not in ({"https", "http"} if here else {"https"}) or not parts.hostname or parts.query:
        raise ValueError(value)
    return value.rstrip("/")


def choice(*allowed: str) -> Callable[[str], str]:
    """Give a reader that takes one of these words."""

    def read(value: str) -> str:
        if value not in allowed:
            raise ValueError(value)
        return value

    return read


def number(minimum: int, maximum: int) -> Callable[[str], int]:
    """Give a reader of whole numbers between both bounds, bounds included."""

    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", value) or not minimum <= int(value) <= maximum:
            raise ValueError(value)
        return int(value)

    return read


def yes_no(value: str) -> bool:
    """Give True for yes and False for no; nothing else."""
    if value not in ("yes", "no"):
        raise ValueError(value)
    return value == "yes"


def address(value: str) -> str:
    """Give an http or https address without path, query or trailing slash."""
    parts = urlsplit(value.rstrip("/"))
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path
        or parts.query
        or parts.fragment
        or parts.username
    ):
        raise ValueError(value)
    _ = parts.port  # raises ValueError for a port that is no number
    return f"{parts.scheme}://{parts.netloc}"


def hosts(value: str) -> tuple[str, ...]:
    """Give the host names of a list separated by commas; `*` is refused."""
    names = tuple(part.strip().lower() for part in value.split(",") if part.strip())
    for name in names:
        if not re.fullmatch(r"\.?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:]+\]", name):
            raise ValueError(name)
    return names


def networks(value: str) -> tuple[Network, ...]:
    """Give the networks of a list separated by commas; a single address is a network of one."""
    return tuple(ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip())


def time_zone(value: str) -> str:
    """Give the name of a known time zone."""
    if value not in zoneinfo.available_timezones():
        raise ValueError(value)
    return value


def colour(value: str) -> str:
    """Give the empty text, or a colour as `#rrggbb` in lower case."""
    if value and not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        raise ValueError(value)
    return value.lower()


def mail(value: str) -> str:
    """Give one mail address; `localhost` is allowed as its domain."""
    if re.fullmatch(r"[A-Za-z0-9._+-]{1,64}@localhost", value):
        return value
    try:
        return validate_email(value, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError(value) from error


def optional_mail(value: str) -> str:
    """Give one mail address, or the empty text."""
    return mail(value) if value else ""


def secret(value: str) -> str:
    """Give the empty text, or a secret of at least 50 characters."""
    if value and len(value) < 50:
        raise ValueError
    return value


def token(value: str) -> str:
    """Give the empty text, or a token of at least 20 characters."""
    if value and len(value) < 20:
        raise ValueError
    return value


def store(value: str) -> Path | None:
    """Give the folder of a `file:///` address; None for the empty text."""
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme != "file" or parts.netloc or not parts.path.startswith("/") or parts.path == "/":
        raise ValueError(value)
    return Path(unquote(parts.path))


DATABASE_OPTIONS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs")
"""What may follow the `?` of a PostgreSQL address, beside `host` for a socket's folder."""


def database(value: str) -> dict[str, str]:
    """Give the parts of a database address: engine, name, user, password, host, port, options; {} for the empty text.

    The password is never in the error.
    """
    if not value:
        return {}
    try:
        parts = urlsplit(value)
        port, more = parts.port or 5432, dict(parse_qsl(parts.query, strict_parsing=True) if parts.query else ())
    except ValueError:
        raise ValueError from None  # the parser's own words may hold a piece of the password
    name = unquote(parts.path)
    if parts.scheme == "sqlite" and not parts.netloc and name.startswith("/") and name != "/" and not more:
        return {"engine": "sqlite", "name": name}
    host = parts.hostname or more.pop("host", "")
    right = len(name) > 1 and "/" not in name[1:] and not parts.fragment and not set(more) - set(DATABASE_OPTIONS)
    if parts.scheme in ("postgresql", "postgres") and (parts.hostname or host.startswith("/")) and right:
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        found = {"engine": "postgresql", "name": name[1:], "user": user, "password": password}
        return {**found, "host": host, "port": str(port), **more}
    raise ValueError


def postgresql(value: str) -> dict[str, str]:
    """Give the parts of a PostgreSQL address; {} for the empty text."""
    found = database(value)
    if found and found["engine"] != "postgresql":
        raise ValueError
    return found
