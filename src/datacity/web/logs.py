# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Log lines of the control plane: the number of the request on each, and routes in the place of paths.

What is logged is ours to choose: routes, identifiers, never names, addresses or form values. How a line looks is said in
`engine/serve/loglines.py`, for both planes.
"""

import logging
from typing import Any

from datacity.engine.serve.loglines import current_request


class RequestId(logging.Filter):
    """Puts the number of the request on each record, and takes the path out of Django's own lines about requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add `request_id`; let every record through. A path may hold a one-time token: the route stands in its place."""
        record.request_id = getattr(record, "request_id", "") or current_request.get()
        request: Any = getattr(record, "request", None)
        path = getattr(request, "path", "")
        if path and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "(no route)"
            record.args = tuple(
                route if argument in (path, request.get_full_path()) else argument for argument in record.args
            )
        return True
