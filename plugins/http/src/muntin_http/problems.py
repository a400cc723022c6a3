"""What can go wrong between here and a document, in words, with the status that each gets."""

from __future__ import annotations

import errno
import socket
from collections.abc import Hashable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from requests import exceptions as failures
from urllib3.exceptions import NameResolutionError

from muntin.sources import FetchError, Status, redacted

#: Seconds that a server may ask us at most to stay away.
LONGEST_RETRY_AFTER = 600.0

_ERRNO = {
    errno.ECONNREFUSED: "the connection was refused",
    errno.ECONNRESET: "the connection was cut",
    errno.EPIPE: "the connection was cut",
    errno.EHOSTUNREACH: "there is no way to the host",
    errno.ENETUNREACH: "there is no way to the host",
    errno.ETIMEDOUT: "the host does not answer",
}


#: With these the server was not even reached.
_UNREACHED = frozenset({errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ETIMEDOUT})


class HttpError(FetchError):
    """Why a URL has no document, with its address before the reason."""

    def __init__(
        self,
        url: str,
        reason: str,
        status: Status = Status.UNREADABLE,
        *,
        everywhere: bool = False,
        late: bool = False,
        wait: float = 0.0,
    ) -> None:
        never = "never seen: " if status is Status.MISSING else ""
        problem = f"{never}{redacted(url)}: {reason}"
        super().__init__(problem, status, everywhere=everywhere, late=late, wait=wait)
        self.reason = reason

    def at(self, key: Hashable) -> HttpError:
        """Return the same error for another URL, which has it by the server's fault."""
        return HttpError(
            str(key), self.reason, self.status, everywhere=True, late=self.late, wait=self.wait
        )


# ------------------------------------------------------------------ statuses


def status_error(
    status: int, headers: Mapping[str, str], url: str, *, credentials: bool
) -> HttpError:
    """Return the error of an answer that brings no document."""
    said = f"the server answers {_named(status)}"
    if status in {404, 410}:
        return HttpError(url, said, Status.MISSING)
    if status in {401, 403}:
        return HttpError(url, f"{said}: {_credentials(status, given=credentials)}")
    return HttpError(url, said, wait=_retry_after(headers.get("Retry-After", "")))


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _credentials(status: int, *, given: bool) -> str:
    if not given:
        return "it needs credentials; set user and password, or token, in the source's table"
    return "the credentials were refused" if status == 401 else "the credentials do not suffice"


def _retry_after(text: str) -> float:
    """Return the seconds that a Retry-After asks for; 0 where it says nothing usable."""
    if text.strip().isdecimal() and len(text) < 12:
        return min(float(text), LONGEST_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return 0.0
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(0.0, (aware - datetime.now(UTC)).total_seconds()), LONGEST_RETRY_AFTER)


# ------------------------------------------------------------------ failures


def failure_of(error: Exception, url: str, timeout: float, *, late: bool) -> HttpError:
    """Return the error of a request that failed; never the text of an exception."""
    chain = tuple(_causes(error))
    if isinstance(error, failures.ConnectTimeout):
        return HttpError(url, f"no connection within {timeout:g} s", everywhere=True, late=True)
    if late or isinstance(error, failures.Timeout) or _any(chain, TimeoutError):
        return HttpError(url, f"no complete answer within {timeout:g} s", late=True)
    if isinstance(error, failures.SSLError):
        return HttpError(url, _tls(chain), everywhere=True)
    return _connection_failure(error, chain, url)


def _connection_failure(error: Exception, chain: tuple[BaseException, ...], url: str) -> HttpError:
    if _any(chain, NameResolutionError) or _any(chain, socket.gaierror):
        return HttpError(url, "the host's name is not known", everywhere=True)
    numbers = {one.errno for one in chain if isinstance(one, OSError)}
    known = next((number for number in _ERRNO if number in numbers), None)
    if known is not None:
        return HttpError(url, _ERRNO[known], everywhere=known in _UNREACHED)
    return HttpError(url, _reason(error))


def _reason(error: Exception) -> str:
    if isinstance(error, failures.ContentDecodingError):
        return "the answer is not compressed as it claims to be"
    if isinstance(error, (failures.InvalidURL, failures.InvalidSchema, UnicodeError)):
        return "this is no usable address"
    if isinstance(error, (failures.ConnectionError, failures.ChunkedEncodingError)):
        return "the answer was cut off, or is no HTTP"
    return f"it cannot be asked for ({type(error).__name__})"


def _tls(chain: tuple[BaseException, ...]) -> str:
    reasons = (str(getattr(one, "verify_message", "") or "") for one in chain)
    reason = next((one for one in reasons if one), "")
    return f"its certificate is not trusted: {reason}" if reason else "no secure connection"


def _any(chain: tuple[BaseException, ...], kind: type[BaseException]) -> bool:
    return any(isinstance(one, kind) for one in chain)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those inside it, which the libraries keep in several ways."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
