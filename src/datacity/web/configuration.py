# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The deployment settings: one table, read from the environment, checked before anything starts.

A setting is for who hosts; a policy parameter is for who answers politically. `TABLE` is the whole list; the page
`docs/reference/settings.md` is generated from it. A secret may also come from a file named by `<NAME>_FILE`.
"""

import difflib
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from datacity.kernel.errors import Invalid
from datacity.web import readers

PREFIX = "DATACITY_"


@dataclass(frozen=True)
class Setting:
    """One setting: its name, how its text is read, its default and what people must know of it.

    name: without the prefix. kind: what it is, in words. read: text to value, raises ValueError for a wrong one.
    default: the text taken when nothing is set ("" means the described automatic value). allowed: in words.
    secret: never printed; may come from a file.
    """

    name: str
    kind: str
    read: Callable[[str], Any]
    default: str
    allowed: str
    description: str
    secret: bool = False

    @property
    def variable(self) -> str:
        """The name in the environment."""
        return PREFIX + self.name

    @property
    def attribute(self) -> str:
        """The name in `Configuration`."""
        return self.name.lower()


TABLE: tuple[Setting, ...] = (
    Setting(
        "HOME",
        "folder",
        readers.folder,
        "",
        "an absolute path, or one that starts with ~",
        "The home: database, vault, publications, outbox, logs. Empty: `datacity` in the user's data folder"
        " (`XDG_DATA_HOME`, else `~/.local/share`).",
    ),
    Setting(
        "KEYS",
        "folder",
        readers.folder,
        "",
        "an absolute path, or one that starts with ~",
        "The folder of the keys and of the secret key. Empty: `keys` in the home.",
    ),
    Setting(
        "PUBLIC_ADDRESS",
        "address",
        readers.address,
        "http://127.0.0.1:8000",
        "http:// or https://, a host, no path",
        "The address people type; links in mails and sealed documents start with it. With https, cookies are sent over https only.",
    ),
    Setting(
        "HOSTS",
        "list of names",
        readers.hosts,
        "",
        "host names separated by commas",
        "Further host names that requests may carry, beside the one of the public address and this machine's own names.",
    ),
    Setting(
        "TRUSTED_PROXIES",
        "list of networks",
        readers.networks,
        "",
        "IP addresses or networks separated by commas",
        "Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; nobody else's are.",
    ),
    Setting(
        "LANGUAGE",
        "choice",
        readers.choice("", "fr", "en"),
        "",
        "fr, en",
        "The language shown when the reader's own is neither French nor English. Empty: the one the city's folder names, else French.",
    ),
    Setting(
        "TIME_ZONE",
        "time zone",
        readers.time_zone,
        "Europe/Paris",
        "a name of the IANA time zone database",
        "The zone in which dates and times are shown; they are stored in UTC.",
    ),
    Setting(
        "CITY_FOLDER",
        "folder",
        readers.folder,
        "",
        "an absolute path, or one that starts with ~",
        "The folder in which the city says what is its own: name, logo, colour, languages, directorates, districts, words, policy"
        " (reference/city-folder.md). Empty: `city` in the home when it is there.",
    ),
    Setting(
        "CITY_NAME",
        "text",
        readers.text,
        "",
        "at most 200 characters",
        "The name of the city, over the one in its folder. Empty: the folder's, else DataCity.",
    ),
    Setting(
        "CITY_COLOUR",
        "colour",
        readers.colour,
        "",
        "# and six hexadecimal digits, or empty",
        "The city's colour; every shade of the pages is worked out from it, contrast included; over the one in its folder."
        " Empty: the folder's, else the built-in colour.",
    ),
    Setting(
        "DATABASE_URL",
        "address",
        readers.database,
        "",
        "empty, sqlite:///absolute/path or postgresql://user:password@host:port/name",
        "Where people's work is stored. Empty: `control.sqlite3` in the home. On PostgreSQL: the role that works; `?sslmode=verify-full`"
        " and the like may follow, `?host=/run/postgresql` names a socket's folder. See how-to/postgresql.md.",
        secret=True,
    ),
    Setting(
        "DATABASE_OWNER_URL",
        "address",
        readers.postgresql,
        "",
        "empty or postgresql://user:password@host:port/name",
        "The same PostgreSQL database as the role that owns the tables: used by `prepare` and `move_database` alone, never by server and worker.",
        secret=True,
    ),
    Setting(
        "STORE_URL",
        "address",
        readers.store,
        "",
        "empty or file:///absolute/path",
        "Where publications are stored. Empty: `public` in the home.",
    ),
    Setting(
        "SECRET_KEY",
        "secret",
        readers.secret,
        "",
        "at least 50 characters",
        "Signs sessions and links. Empty: made at first start and kept in the keys folder, readable by its owner only.",
        secret=True,
    ),
    Setting(
        "METRICS_TOKEN",
        "secret",
        readers.token,
        "",
        "empty or at least 20 characters",
        "Lets a monitor read `/metrics` from another machine (`Authorization: Bearer …`). Empty: this machine only.",
        secret=True,
    ),
    Setting(
        "MAIL_HOST",
        "text",
        readers.text,
        "",
        "a host name, or empty",
        "The mail server. Empty: mails are written as files into `outbox` in the home and sent nowhere.",
    ),
    Setting("MAIL_PORT", "whole number", readers.number(1, 65535), "587", "1 to 65535", "The port of the mail server."),
    Setting("MAIL_USER", "text", readers.text, "", "at most 200 characters", "The user name at the mail server."),
    Setting("MAIL_PASSWORD", "secret", readers.text, "", "any text", "The password at the mail server.", secret=True),
    Setting(
        "MAIL_SECURITY",
        "choice",
        readers.choice("starttls", "tls", "none"),
        "starttls",
        "starttls, tls, none",
        "How the connection to the mail server is protected.",
    ),
    Setting(
        "MAIL_FROM", "mail address", readers.mail, "datacity@localhost", "one mail address", "The sender of every mail."
    ),
    Setting(
        "CONTACT_MAIL",
        "mail address",
        readers.optional_mail,
        "",
        "one mail address, or empty",
        "Where people write when something does not work; shown on error and accessibility pages.",
    ),
    Setting(
        "UPLOAD_MAXIMUM_MB",
        "whole number",
        readers.number(1, 1_000_000),
        "2048",
        "1 to 1000000",
        "Megabytes: the largest file this machine takes; the policy of an edition may ask for less.",
    ),
    Setting(
        "SESSION_HOURS",
        "whole number",
        readers.number(1, 720),
        "12",
        "1 to 720",
        "Hours after which a signed-in person must sign in again.",
    ),
    Setting(
        "OIDC_ISSUER",
        "address",
        readers.issuer,
        "",
        "empty or an address that starts with https:// (http:// for this machine only)",
        "The city's own directory (OpenID Connect): people who were invited may sign in through it. Empty: password and passkey only.",
    ),
    Setting(
        "OIDC_NAME",
        "text",
        readers.text,
        "",
        "at most 200 characters",
        "What that directory is called on the sign-in page.",
    ),
    Setting(
        "OIDC_CLIENT_ID",
        "text",
        readers.text,
        "",
        "at most 200 characters",
        "The name this site has at that directory.",
    ),
    Setting(
        "OIDC_CLIENT_SECRET",
        "secret",
        readers.text,
        "",
        "any text",
        "The secret this site shares with that directory.",
        secret=True,
    ),
    Setting(
        "BACKUP_FOLDER",
        "folder",
        readers.folder,
        "",
        "an absolute path, or one that starts with ~",
        "Where a backup of the home is made every day, best on another disk. Empty: none is made by itself; those before a change"
        " of version, and those asked for on the page, go to `backups` in the home.",
    ),
    Setting(
        "BACKUP_HOUR",
        "whole number",
        readers.number(0, 23),
        "3",
        "0 to 23",
        "The hour of the day, in the time zone of the site, after which the day's backup is made.",
    ),
    Setting(
        "BACKUP_KEEP",
        "whole number",
        readers.number(1, 1000),
        "7",
        "1 to 1000",
        "How many daily backups are kept, and how many made before a change of version; older ones are removed.",
    ),
    Setting(
        "BACKUP_ALARM_HOURS",
        "whole number",
        readers.number(1, 8760),
        "36",
        "1 to 8760",
        "Hours after which the last backup is too old: administrators are told, and `/metrics` says so.",
    ),
    Setting(
        "LOG_LEVEL",
        "choice",
        readers.choice("debug", "info", "warning", "error"),
        "info",
        "debug, info, warning, error",
        "The least serious line that is logged.",
    ),
    Setting(
        "LOG_FORMAT",
        "choice",
        readers.choice("text", "json"),
        "text",
        "text, json",
        "How a log line is written: as text for people, or as one JSON object for programs. Either way without personal data.",
    ),
    Setting(
        "CERTIFICATE",
        "file",
        readers.folder,
        "",
        "an absolute path, or empty",
        "The public certificate file (PEM) that the proxy in front uses; `/metrics` tells when it ends. Empty: nothing is told.",
    ),
    Setting(
        "DEV",
        "yes or no",
        readers.yes_no,
        "no",
        "yes, no",
        "Development: pages show the trace of faults. Set by `./dc up --dev`; never for a home that others reach.",
    ),
)

OUTSIDE = frozenset({"DATACITY_TEST_HOME", "DATACITY_TEST_POSTGRES", "DATACITY_TRACE"})
"""Names that the test suite and the command line read themselves."""


class Configuration:
    """The checked values, one attribute per setting in lower case."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        """Keep the values; see `load`."""
        self._values = dict(values)

    def __getattr__(self, name: str) -> Any:
        """Give a value by its setting's lower-case name."""
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def shown(self) -> dict[str, str]:
        """Give every variable with its value as text; secrets only as set or not set."""
        return {
            each.variable: ("set" if self._values[each.attribute] else "not set")
            if each.secret
            else str(self._values[each.attribute])
            for each in TABLE
        }


def load(environment: Mapping[str, str]) -> Configuration:
    """Read every setting from the environment.

    Raises Invalid naming the first wrong one, what was found and what is allowed, or an unknown name with the nearest known.
    """
    _refuse_unknown(environment)
    values = {each.attribute: _value(each, environment) for each in TABLE}
    _refuse_half_a_directory(values)
    values["home"] = values["home"] or _data_folder(environment) / "datacity"
    values["keys"] = values["keys"] or values["home"] / "keys"
    values["store_folder"] = values["store_url"] or values["home"] / "public"
    return Configuration(values)


def _refuse_half_a_directory(values: Mapping[str, Any]) -> None:
    if values["oidc_issuer"] and not (values["oidc_client_id"] and values["oidc_client_secret"]):
        raise Invalid(
            "settings.directory",
            "DATACITY_OIDC_ISSUER needs DATACITY_OIDC_CLIENT_ID and DATACITY_OIDC_CLIENT_SECRET beside it.",
            hint="The directory gives both when this site is registered there.",
            field="DATACITY_OIDC_ISSUER",
        )


def directories(configuration: Configuration) -> list[dict[str, Any]]:
    """Give the city's own directory as allauth reads it: a list of one, or of none when none is set."""
    if not configuration.oidc_issuer:
        return []
    return [
        {
            "provider_id": "directory",
            "name": configuration.oidc_name or urlsplit(configuration.oidc_issuer).hostname,
            "client_id": configuration.oidc_client_id,
            "secret": configuration.oidc_client_secret,
            "settings": {"server_url": configuration.oidc_issuer, "oauth_pkce_enabled": True},
        }
    ]


def secret_key(keys: Path) -> str:
    """Give the secret key kept in the keys folder; make it on the first call, readable by its owner only.

    Two processes that start together end with the same key: the file is written aside and linked into place.
    """
    path = keys / "secret_key"
    if not path.exists():
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = keys / f".secret_key.{os.getpid()}"
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text(encoding="ascii").strip()


def _data_folder(environment: Mapping[str, str]) -> Path:
    chosen = environment.get("XDG_DATA_HOME", "")
    return Path(chosen) if chosen.startswith("/") else Path.home() / ".local" / "share"


def _known() -> Iterator[str]:
    for each in TABLE:
        yield each.variable
        if each.secret:
            yield f"{each.variable}_FILE"


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = set(_known()) | OUTSIDE
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.0)
            raise Invalid(
                "settings.unknown",
                "There is no setting {name}.",
                hint="The nearest one is {near}; unset {name} or correct it.",
                field=name,
                name=name,
                near=near[0],
            )


def _text(setting: Setting, environment: Mapping[str, str]) -> str:
    path = environment.get(f"{setting.variable}_FILE", "") if setting.secret else ""
    if not path:
        return environment.get(setting.variable, "").strip() or setting.default
    if environment.get(setting.variable):
        raise Invalid(
            "settings.twice",
            "{name} and {name}_FILE are both set.",
            hint="Keep one of them.",
            field=setting.variable,
            name=setting.variable,
        )
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            "settings.file",
            "The file that {name}_FILE names cannot be read: {why}.",
            hint="Give a readable text file.",
            field=setting.variable,
            name=setting.variable,
            why=type(error).__name__,
        ) from error


def _value(setting: Setting, environment: Mapping[str, str]) -> Any:
    text = _text(setting, environment)
    try:
        return setting.read(text)
    except ValueError as error:
        found = "a value that is not shown" if setting.secret else f"“{text}”"
        raise Invalid(
            "settings.value",
            "The setting {name} is {found}; allowed: {allowed}.",
            field=setting.variable,
            name=setting.variable,
            found=found,
            allowed=setting.allowed,
        ) from error
