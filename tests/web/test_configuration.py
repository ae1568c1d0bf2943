# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The deployment settings: read, checked, refused with what was found and what is allowed."""

import ipaddress
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacity.kernel.errors import Invalid
from datacity.web import configuration, readers
from datacity.web.configuration import TABLE


def load(**values: str) -> configuration.Configuration:
    return configuration.load(
        {"DATACITY_HOME": "/srv/home", **{f"DATACITY_{name}": value for name, value in values.items()}}
    )


def test_settings_have_defaults_that_fit_together() -> None:
    found = load()

    assert (found.home, found.keys, found.store_folder) == (
        Path("/srv/home"),
        Path("/srv/home/keys"),
        Path("/srv/home/public"),
    )
    assert (found.public_address, found.language, found.dev, found.database_url) == (
        "http://127.0.0.1:8000",
        "",
        False,
        {},
    )


def test_home_is_in_the_users_data_folder_when_nothing_is_said() -> None:
    assert configuration.load({"XDG_DATA_HOME": "/data"}).home == Path("/data/datacity")


WRONG = {
    "HOME": "relative/path", "KEYS": "keys", "PUBLIC_ADDRESS": "http://city.example/path", "HOSTS": "*", "TRUSTED_PROXIES": "10.0.0.300",
    "LANGUAGE": "de", "TIME_ZONE": "Europe/Valmire", "CITY_FOLDER": "city", "CITY_NAME": "x" * 201, "CITY_COLOUR": "teal", "DATABASE_URL": "mysql://x/y",
    "DATABASE_OWNER_URL": "sqlite:///srv/city",
    "STORE_URL": "s3://bucket", "SECRET_KEY": "short", "METRICS_TOKEN": "short", "MAIL_HOST": "a\nb", "MAIL_PORT": "70000", "MAIL_USER": "x" * 201,
    "MAIL_PASSWORD": "x" * 201, "MAIL_SECURITY": "ssl", "MAIL_FROM": "nobody", "CONTACT_MAIL": "nobody@", "UPLOAD_MAXIMUM_MB": "0",
    "SESSION_HOURS": "1.5", "LOG_LEVEL": "trace", "DEV": "true",
    "OIDC_ISSUER": "http://login.valmire.example", "OIDC_NAME": "x" * 201, "OIDC_CLIENT_ID": "x" * 201, "OIDC_CLIENT_SECRET": "x" * 201,
    "BACKUP_FOLDER": "backups", "BACKUP_HOUR": "24", "BACKUP_KEEP": "0", "BACKUP_ALARM_HOURS": "0", "LOG_FORMAT": "xml", "CERTIFICATE": "certificate.pem",
}  # fmt: skip


def test_every_setting_has_a_wrong_example_here() -> None:
    assert {setting.name for setting in TABLE} == set(WRONG)


@pytest.mark.parametrize(("name", "value"), WRONG.items())
def test_wrong_value_is_refused_with_name_found_and_allowed(name: str, value: str) -> None:
    setting = next(each for each in TABLE if each.name == name)

    with pytest.raises(Invalid) as refusal:
        load(**{name: value})

    text = str(refusal.value)
    assert refusal.value.field == f"DATACITY_{name}"
    assert f"DATACITY_{name}" in text
    assert setting.allowed in text
    assert (value in text) is not setting.secret


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("PUBLIC_ADDRESS", "https://ville.example:8443/", "https://ville.example:8443"),
        ("HOSTS", "a.example, .b.example", ("a.example", ".b.example")),
        ("TRUSTED_PROXIES", "10.0.0.1, 192.168.0.0/16", (ipaddress.ip_network("10.0.0.1"), ipaddress.ip_network("192.168.0.0/16"))),
        ("DATABASE_URL", "sqlite:///srv/a.sqlite3", {"engine": "sqlite", "name": "/srv/a.sqlite3"}),
        (
            "DATABASE_URL", "postgresql://ana:p%40ss@db.example/city",
            {"engine": "postgresql", "name": "city", "user": "ana", "password": "p@ss", "host": "db.example", "port": "5432"},
        ),
        (
            "DATABASE_URL", "postgresql://ana@/city?host=/run/postgresql&sslmode=require",
            {"engine": "postgresql", "name": "city", "user": "ana", "password": "", "host": "/run/postgresql", "port": "5432", "sslmode": "require"},
        ),
        ("STORE_URL", "file:///srv/public%20store", Path("/srv/public store")),
        ("CITY_COLOUR", "#0B5C66", "#0b5c66"),
        ("MAIL_FROM", "ville@valmire.example", "ville@valmire.example"),
        ("DEV", "yes", True),
    ],
)  # fmt: skip
def test_value_is_read(name: str, value: str, read: Any) -> None:
    assert getattr(load(**{name: value}), name.lower()) == read


@pytest.mark.parametrize(
    ("wrong", "near"), [("DATACITY_LANGAGE", "DATACITY_LANGUAGE"), ("DATACITY_MAILPORT", "DATACITY_MAIL_PORT")]
)
def test_unknown_name_is_refused_with_the_nearest_known(wrong: str, near: str) -> None:
    with pytest.raises(Invalid) as refusal:
        configuration.load({wrong: "fr"})

    assert (refusal.value.code, refusal.value.values["near"]) == ("settings.unknown", near)


def test_only_secrets_come_from_files(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("letmein\n")

    assert configuration.load({"DATACITY_MAIL_PASSWORD_FILE": str(file)}).mail_password == "letmein"
    with pytest.raises(Invalid):
        configuration.load({"DATACITY_LANGUAGE_FILE": str(file)})
    with pytest.raises(Invalid) as refusal:
        configuration.load({"DATACITY_MAIL_PASSWORD_FILE": str(file), "DATACITY_MAIL_PASSWORD": "other"})
    assert refusal.value.code == "settings.twice"
    with pytest.raises(Invalid) as refusal:
        configuration.load({"DATACITY_MAIL_PASSWORD_FILE": str(tmp_path / "absent")})
    assert refusal.value.code == "settings.file"


def test_shown_settings_keep_secrets_to_themselves() -> None:
    shown = load(MAIL_PASSWORD="letmein", DATABASE_URL="postgresql://ana:p4ss@db.example/city").shown()

    assert (shown["DATACITY_MAIL_PASSWORD"], shown["DATACITY_METRICS_TOKEN"], shown["DATACITY_LANGUAGE"]) == (
        "set",
        "not set",
        "",
    )
    assert "p4ss" not in repr(shown)


def test_secret_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    keys = tmp_path / "keys"

    first, second = configuration.secret_key(keys), configuration.secret_key(keys)

    assert first == second
    assert len(first) >= 64
    assert [path.name for path in keys.iterdir()] == ["secret_key"]
    assert (stat.S_IMODE((keys / "secret_key").stat().st_mode), stat.S_IMODE(keys.stat().st_mode)) == (0o600, 0o700)


def test_start_with_a_wrong_setting_ends_with_one_line_and_code_two(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": "src",
        "DATACITY_HOME": str(tmp_path / "home"),
        "DATACITY_LANGUAGE": "de",
    }

    ended = subprocess.run(
        [sys.executable, "-c", "import datacity.web.settings"], env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "datacity: The setting DATACITY_LANGUAGE is “de”; allowed: fr, en.\n"
    assert not (tmp_path / "home").exists()


@given(st.text(max_size=40))
def test_reader_gives_a_value_or_raises_value_error_and_nothing_else(text: str) -> None:
    for setting in TABLE:
        try:
            value = setting.read(text)
        except ValueError:
            continue
        assert setting.read(text) == value


@given(st.integers(min_value=1, max_value=65535))
def test_number_within_its_bounds_is_read_as_written(value: int) -> None:
    assert readers.number(1, 65535)(str(value)) == value


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ana:pa/4ss@db.example/city",
        "postgresql://ana:4pass@db.example:port/city",
        "postgresql://ana:4pass@db.example/city?password=4pass",
        "postgresql://ana:4pass@db.example",
        "postgresql:///city",
        "postgresql:///city?host=relative",
    ],
)
def test_a_database_address_that_is_not_understood_is_refused_without_showing_the_password(address: str) -> None:
    with pytest.raises(Invalid) as refusal:
        load(DATABASE_URL=address)

    assert "4pass" not in str(refusal.value)
    assert "4pass" not in str(refusal.value.__cause__)
