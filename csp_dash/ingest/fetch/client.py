"""HTTP client for publishers: rate limit, retries with back-off, time limits.

Proxies and own certificates are taken from the environment (HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from csp_dash import __version__
from csp_dash.ingest.errors import BadInput
from csp_dash.ingest.fetch.content_checks import parsed

AGAIN = frozenset({429, 500, 502, 503, 504})
"""Answers after which it is worth asking again."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """How patient a run is. Times are in seconds.

    `wait` is the first pause between tries and doubles with each; a publisher that asks for a pause gets it, up to
    `longest`, beyond which the run gives up. `timeout` is how long to wait for a connection and for the next bytes.
    """

    per_second: float = 10
    tries: int = 5
    wait: float = 1.0
    longest: float = 120.0
    timeout: tuple[float, float] = (15.0, 60.0)


class ResponseError(BadInput):
    """A publisher's answer is of no use; `status` is its number where that was the reason."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class TransientError(Exception):
    """A fault that may pass. `asked` is how many seconds the publisher asks to wait, if it does."""

    def __init__(self, why: str, asked: float | None = None) -> None:
        super().__init__(why)
        self.asked = asked


class _Paced(HTTPAdapter):
    """Lets each host be asked at most so often, redirected and repeated requests included."""

    def __init__(self, per_second: float) -> None:
        super().__init__(max_retries=0)
        self.gap = 1 / per_second
        self.next: dict[str, float] = {}

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        host = urlsplit(request.url or "").netloc
        time.sleep(max(0.0, self.next.get(str(host), 0.0) - time.monotonic()))
        self.next[str(host)] = time.monotonic() + self.gap
        return super().send(request, *args, **options)


class Client:
    """A session with manners. Use it as a context manager."""

    def __init__(self, manners: ClientSettings) -> None:
        self.manners = manners
        self.session = requests.Session()
        self.session.headers["User-Agent"] = f"csp-dash/{__version__}"
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, _Paced(manners.per_second))

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    @contextmanager
    def answer(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        fine: Collection[int] = (200,),
        final: Collection[int] = (),
    ) -> Iterator[requests.Response]:
        """One request, once. Raises TransientError for a fault that may pass, ResponseError for any other.

        `fine` are the statuses that the caller can use; `final` those that are refused though they might pass.
        """
        with self._faults(url):
            asked = self.session.request(
                method, url, headers=headers, data=data, stream=True, timeout=self.manners.timeout
            )
            with asked as response:
                status = response.status_code
                if status in AGAIN and status not in final:
                    raise TransientError(f"it answered {_named(status)}", _pause(response))
                if status not in fine:
                    hint = "Look whether its address in publishers.toml is still right" if status in (404, 410) else ""
                    raise ResponseError(f"{url} answered {_named(status)}. {hint or 'Try again later'}.", status)
                yield response

    def patiently(self, url: str, work: Callable[[], T]) -> T:
        """Do `work` again while its faults may pass, with longer and longer pauses; ResponseError when that was in vain."""
        last = TransientError("")
        for tried in range(self.manners.tries):
            try:
                return work()
            except TransientError as fault:
                last = fault
            if last.asked is not None and last.asked > self.manners.longest:
                raise ResponseError(f"{url}: {last}, and asks to wait {last.asked:,.0f} seconds. Try again after that.")
            if tried + 1 < self.manners.tries:
                pause = min(self.manners.wait * 2**tried, self.manners.longest)
                time.sleep(pause if last.asked is None else last.asked)
        raise ResponseError(f"{url} could not be fetched in {self.manners.tries} tries: {last}. Try again later.")

    def body(
        self, method: str, url: str, *, data: Mapping[str, str] | None = None, final: Collection[int] = ()
    ) -> bytes:
        """A whole answer, for those that fit into memory."""

        def work() -> bytes:
            with self.answer(method, url, data=data, final=final) as response:
                return response.content

        return self.patiently(url, work)

    def json(self, method: str, url: str, *, data: Mapping[str, str] | None = None, final: Collection[int] = ()) -> Any:
        """A whole answer that is JSON."""
        body = self.body(method, url, data=data, final=final)
        try:
            return parsed(body)
        except ValueError as why:
            raise ResponseError(f"The answer of {url} {why}. Try again later.") from None

    @contextmanager
    def _faults(self, url: str) -> Iterator[None]:
        """Turns what the network may throw into sentences."""
        try:
            yield
        except requests.exceptions.SSLError as fault:
            raise ResponseError(
                f"The certificate of {urlsplit(url).netloc} is not trusted here ({_first(fault)}). If your network uses"
                " a certificate of its own, set REQUESTS_CA_BUNDLE to its file."
            ) from fault
        except requests.exceptions.ProxyError as fault:
            raise TransientError(f"the proxy could not be used ({_first(fault)})") from fault
        except requests.exceptions.Timeout as fault:
            raise TransientError("it did not answer in time") from fault
        except (
            requests.exceptions.ConnectionError,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        ) as fault:
            raise TransientError(f"the connection broke ({_first(fault)})") from fault
        except requests.exceptions.RequestException as fault:
            raise ResponseError(f"{url} cannot be asked ({_first(fault)}).") from fault


def _pause(response: requests.Response) -> float | None:
    """How many seconds an answer asks to wait, in figures or as a date."""
    try:
        return Retry().get_retry_after(response.raw)
    except InvalidHeader:
        return None


def _named(status: int) -> str:
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)


def _first(fault: Exception) -> str:
    """The innermost reason of a fault, short."""
    while fault.args and isinstance(fault.args[-1], Exception):
        fault = fault.args[-1]
    reason = getattr(fault, "reason", None)
    return _first(reason) if isinstance(reason, Exception) else str(fault)[:160]
