# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The refusals of the data API, with the error codes and bodies its clients know.

Source of the bodies: the Explore API v2.1 contract (`message`, `error_code`).
"""

from typing import Any, ClassVar

from datacity.kernel.errors import Conflict, Exhausted, Invalid, Missing, Refusal


class OdsqlError(Invalid):
    """A clause that is not ODSQL as answered here; API status 400."""


class ParameterError(Invalid):
    """A parameter that does not exist here, or has a value out of its bounds; API status 400."""

    def __init__(self, code: str, message: str, *, field: str, hint: str = "", **values: Any) -> None:
        """Keep the sentence, the parameter's name (`{name}` in it) and what fills the other places."""
        super().__init__(code, message, hint=hint, field=field, name=field, **values)


class Withdrawn(Missing):
    """A publication that was withdrawn: gone, with its reason; API status 410."""

    status: ClassVar[int] = 410


class MethodNotAllowed(Invalid):
    """The data plane only reads; API status 405."""

    status: ClassVar[int] = 405


class TooBusy(Exhausted):
    """Too many questions at once; API status 429."""


class TooLong(Exhausted):
    """The question took longer than it may; API status 408 would invite a blind retry, so 400."""

    status: ClassVar[int] = 400


class NotVerified(Conflict):
    """Nothing verified can be served now; API status 503."""

    status: ClassVar[int] = 503


class SpoolFull(Conflict):
    """No room to compute an export now; API status 503."""

    status: ClassVar[int] = 503


def api_status(refusal: Refusal) -> int:
    """Give the HTTP status of a refusal in the data API, where wrong input is 400 and not 422."""
    return 400 if refusal.status == 422 else refusal.status


def error_code(refusal: Refusal) -> str:  # noqa: PLR0911 -- one line a refusal
    """Give the `error_code` of the API's error body."""
    match refusal:
        case OdsqlError():
            return "ODSQLError"
        case ParameterError():
            return "InvalidRESTParameterError"
        case Withdrawn():
            return "WithdrawnError"
        case MethodNotAllowed():
            return "MethodNotAllowedError"
        case TooBusy():
            return "TooManyRequestsError"
        case TooLong():
            return "QueryTimeoutError"
        case SpoolFull() | NotVerified():
            return "ServiceUnavailableError"
        case Missing():
            return "NotFoundError"
        case _:
            return "InvalidRequestError"
