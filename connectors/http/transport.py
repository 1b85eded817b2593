"""Sends the requests to one server, with its time-outs, proxy and certificates. Client libraries and KPIs use it,
too.
"""

import ssl
from collections.abc import Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from connectors.contract import Runtime
from connectors.errors import Refused, Unreachable
from connectors.http.options import Proxy, WayOptions

_CHUNK = 65_536
LARGEST = 64_000_000
"""Bytes of an answer, unpacked: ten times what a full page of any tracker takes."""
USER_AGENT = f"goal-sync-agent/{version('goal-sync-agent')}"
"""By which servers and proxies know us, and not by the libraries that we use."""


class Transport:
    """Sends single requests. Repeats nothing and follows no redirects. Thread-safe."""

    def __init__(self, name: str, options: WayOptions, context: Runtime) -> None:
        self._name = name
        self._options = options
        self._context = context

    def send(self, session: requests.Session, method: str, url: str, **parts: Any) -> requests.Response:
        """Sends one request; `parts` are as in `requests`.

        Raises RequestException, or ConnectorError if a file or secret cannot be read, or the answer is too large.
        """
        # The plain method, because that of the `jira` library's session repeats and sleeps. Everything is passed here,
        # because otherwise REQUESTS_CA_BUNDLE takes precedence over the session's settings.
        # https://github.com/psf/requests/issues/3829
        headers = {**(parts.pop("headers", None) or {}), "User-Agent": USER_AGENT}
        whole = not parts.get("stream")
        asked = {**self._way, **parts, "stream": True}
        answer = requests.Session.request(session, method, url, headers=headers, **asked)
        if whole:
            self._read(answer)
        return answer

    def _read(self, answer: requests.Response) -> None:
        """Reads the body, as `requests` would. It may be packed: a server that sends one megabyte must not cost us two
        gigabytes.
        """
        read = bytearray()
        with answer:
            for chunk in answer.iter_content(_CHUNK):
                read += chunk
                if len(read) > LARGEST:
                    raise Refused(f"{self._name}: the answer is larger than {LARGEST:,} bytes; is the address right?")
        answer._content = bytes(read)  # Where `requests` itself keeps it.

    @cached_property
    def _way(self) -> Mapping[str, Any]:
        options = self._options
        return {
            "timeout": (options.connect_timeout, options.timeout),
            "verify": str(options.ca_bundle) if options.ca_bundle else True,
            "cert": self._certificate(),
            "proxies": self._proxies(options.proxy) if options.proxy else None,
            "allow_redirects": False,
        }

    def _certificate(self) -> tuple[str, str] | str | None:
        """Returns the files of our own certificate, after checking them."""
        # Only for checking the files, so it is empty: loading the system's authorities takes a while.
        options, context = self._options, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if options.ca_bundle:
            self._try("ca_bundle", options.ca_bundle, lambda: _trust(context, options.ca_bundle))
        own, key = options.client_certificate, options.client_key
        if own is None:
            return None
        self._try("client_certificate", own, own.read_bytes)
        self._try("client_key" if key else "client_certificate", key or own, (key or own).read_bytes)
        self._try("client_certificate", own, lambda: context.load_cert_chain(own, key, _refuse_password))
        return (str(own), str(key)) if key else str(own)

    def _try(self, option: str, path: Path, look: Any) -> None:
        try:
            look()
        except ssl.SSLError as error:
            fix = "it has to be a PEM file" if option == "ca_bundle" else "certificate and key have to be PEM and fit"
            raise Unreachable(
                f"{self._name}: {option}: {path} cannot be used ({error.reason or error}); {fix}"
            ) from None
        except OSError as error:
            raise Unreachable(f"{self._name}: {option}: cannot read {path}: {error.strerror}") from None
        except _Encrypted:
            fix = "keep it without a password, readable by the agent alone"
            raise Unreachable(f"{self._name}: {option}: the key of {path} is encrypted; {fix}") from None

    def _proxies(self, proxy: Proxy) -> dict[str, str]:
        parts = urlsplit(proxy.url)
        login = ""
        if proxy.user and proxy.password:
            password = self._context.reveal(proxy.password, proxy.user)
            login = f"{quote(proxy.user, safe='')}:{quote(password, safe='')}@"
        address = f"{parts.scheme}://{login}{parts.netloc}"
        return {"http": address, "https": address}


class _Encrypted(Exception):
    """The key needs a password. Without this error, OpenSSL would ask for it on the terminal."""


def _refuse_password() -> str:
    raise _Encrypted


def _trust(context: ssl.SSLContext, bundle: Path | None) -> None:
    if bundle and bundle.is_dir():
        context.load_verify_locations(capath=str(bundle))
    elif bundle:
        bundle.read_bytes()
        context.load_verify_locations(cafile=str(bundle))
