# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where the data plane of the site finds its things, read from the environment alone.

The control plane has its table of settings; this is the small part the data plane needs, read apart so that a wrong setting
of the control plane never stops the public API.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Places:
    """Folders and keys. trust: PEM files, `keys.json` files or hexadecimal keys whose seals are believed."""

    store: Path
    spool: Path
    trust: tuple[str, ...]


def read_places(environment: Mapping[str, str] = os.environ) -> Places:
    """Read DATACITY_HOME, DATACITY_KEYS, DATACITY_STORE_URL and DATACITY_TRUST, with the defaults the settings page states.

    Without DATACITY_TRUST (several separated by commas) the public keys of this installation are believed.
    """
    data = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    home = Path(environment.get("DATACITY_HOME") or Path(data) / "datacity").expanduser()
    keys = Path(environment.get("DATACITY_KEYS") or home / "keys").expanduser()
    address = environment.get("DATACITY_STORE_URL", "")
    store = Path(unquote(urlsplit(address).path)) if address.startswith("file:///") else home / "public"
    trust = tuple(part.strip() for part in environment.get("DATACITY_TRUST", "").split(",") if part.strip())
    return Places(store, home / "spool", trust or (str(keys / "keys.json"),))
