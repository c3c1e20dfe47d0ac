"""Fetching: what somebody else's server says, at an address that staff typed, without being led into our own network.

Every address a name stands for is checked, and the connection goes to the one that was checked (a name that changes
between look-up and connection leads nowhere else). Redirects are followed a few times, each checked anew. Time and size
are bounded as a whole, so that a server that dribbles or floods costs no more than one that does not answer.
"""

import gzip
import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

WITHIN = 15.0
"""Seconds for everything, redirects included."""
STEP = 5.0
"""Seconds for one wait."""
LARGEST = 2_000_000
"""Bytes read at most, and unpacked at most."""
REDIRECTS = 3
PORTS = {"http": 80, "https": 443}
AGENT = "Huoqun feed reader"


class NotFetched(Exception):
    """Nothing was fetched. `why`: `address`, `private`, `down`, `slow`, `large`, `status`, `redirects`, `damaged`."""

    def __init__(self, why: str, told: str = "") -> None:
        super().__init__(f"{why}: {told}" if told else why)
        self.why = why


@dataclass(frozen=True)
class Fetched:
    """What came back; `body` empty and `same` where it is what it was (304)."""

    body: bytes
    kind: str
    etag: str
    modified: str
    address: str
    same: bool = False


@dataclass(frozen=True)
class Answered:
    """What a server says to what was handed to it; `wait`: seconds after which it wants to be asked again."""

    status: int
    wait: int | None


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, whatever the name says by now."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address, self._context = address, context

    def connect(self) -> None:
        """To the checked address; the certificate is that of the name."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._context is not None:
            safe = self._context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = safe
            safe.do_handshake()

    def cut(self) -> None:
        """End it from another thread, wherever it hangs."""
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


def fetch(address: str, *, etag: str = "", modified: str = "", within: Collection[str] = ()) -> Fetched:
    """What stands at an address. `within`: hosts (`host:port`) of our own network that the operator has allowed.
    Raises NotFetched."""
    ends = time.monotonic() + WITHIN
    for _ in range(REDIRECTS + 1):
        found = _once(address, etag, modified, within, ends)
        if isinstance(found, Fetched):
            return found
        address = urljoin(address, found)
    raise NotFetched("redirects")


def hand_over(address: str, body: bytes, headers: Mapping[str, str], *, within: Collection[str] = ()) -> Answered:
    """Post something to an address over TLS; redirects are not followed, what is answered is not read. Raises
    NotFetched."""
    ends = time.monotonic() + WITHIN
    host, port, safe, place = _parts(address)
    if not safe:
        raise NotFetched("address")
    ip = _looked_up(host, port, allowed=f"{host}:{port}" in within)
    connection = _Pinned(host, port, ip, ssl.create_default_context(), min(STEP, _left(ends)))
    end = threading.Timer(_left(ends), connection.cut)
    end.daemon = True
    end.start()
    try:
        connection.request("POST", place, body=body, headers={**headers, "Connection": "close"})
        answer = connection.getresponse()
        _left(ends)
        wait = answer.headers.get("Retry-After", "")
        return Answered(answer.status, int(wait[:9]) if wait.isascii() and wait.isdecimal() else None)
    except TimeoutError as error:
        raise NotFetched("slow") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotFetched("down", type(error).__name__) from error
    finally:
        end.cancel()
        connection.close()


def well_formed(address: str, *, within: Collection[str] = ()) -> None:
    """Whether an address can be meant at all, without asking anybody. Raises NotFetched."""
    host, port, _safe, _place = _parts(address)
    with suppress(ValueError):
        if f"{host}:{port}" not in within and not public(str(ipaddress.ip_address(host))):
            raise NotFetched("private")


def public(address: str) -> bool:
    """Whether an IP address is one of the open internet."""
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    teredo = getattr(ip, "teredo", None)
    inner = [mapped] if mapped else list(teredo) if teredo else []
    if isinstance(ip, ipaddress.IPv6Address) and ip in ipaddress.ip_network("64:ff9b::/96"):
        inner = [ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)]
    return all(one.is_global and not one.is_multicast for one in [ip, *inner] if not (inner and one is ip))


def _once(address: str, etag: str, modified: str, within: Collection[str], ends: float) -> Fetched | str:
    """The answer, or where it sends us."""
    host, port, safe, place = _parts(address)
    ip = _looked_up(host, port, allowed=f"{host}:{port}" in within)
    context = ssl.create_default_context() if safe else None
    connection = _Pinned(host, port, ip, context, min(STEP, _left(ends)))
    headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip, identity", "Accept": "*/*", "Connection": "close"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": modified} if modified else {}
    try:
        connection.request("GET", place, headers=headers)
        answer = connection.getresponse()
        if answer.status in {301, 302, 303, 307, 308}:
            return answer.headers.get("Location", "") or "about:blank"
        told = {name: answer.headers.get(name, "")[:200] for name in ("Content-Type", "ETag", "Last-Modified")}
        named = (told["Content-Type"], told["ETag"], told["Last-Modified"], address)
        if answer.status == 304:
            return Fetched(b"", *named, same=True)
        if answer.status != 200:
            raise NotFetched("status", str(answer.status))
        return Fetched(_unpacked(_read(answer, connection, ends), answer.headers.get("Content-Encoding", "")), *named)
    except TimeoutError as error:
        raise NotFetched("slow") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotFetched("down", type(error).__name__) from error
    finally:
        connection.close()


def _parts(address: str) -> tuple[str, int, bool, str]:
    """Host, port, whether TLS, and the place on it."""
    try:
        told = urlsplit(address.strip())
        port = told.port or PORTS[told.scheme.lower()]
        host = (told.hostname or "").encode("idna").decode()
    except (ValueError, KeyError, UnicodeError) as error:
        raise NotFetched("address") from error
    if not host or told.username or told.password or any(ord(c) < 33 for c in address.strip()):
        raise NotFetched("address")
    place = (told.path or "/") + (f"?{told.query}" if told.query else "")
    quoted = "".join(c if c.isascii() else "".join(f"%{b:02X}" for b in c.encode()) for c in place)
    return host, port, told.scheme.lower() == "https", quoted


def _looked_up(host: str, port: int, *, allowed: bool) -> str:
    """An address of the host. One private address among several is a trap: then none is used."""
    try:
        found = list(dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    except (OSError, UnicodeError) as error:
        raise NotFetched("down", "name") from error
    if not found:
        raise NotFetched("down", "name")
    if not allowed and not all(public(ip) for ip in found):
        raise NotFetched("private")
    return found[0]


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise NotFetched("slow")
    return left


def _read(answer: http.client.HTTPResponse, connection: _Pinned, ends: float) -> bytes:
    """The body, as far as time and size allow."""
    parts: list[bytes] = []
    size = 0
    while True:
        if connection.sock is not None:
            connection.sock.settimeout(min(STEP, _left(ends)))
        _left(ends)
        part = answer.read1(65_536)
        if not part:
            return b"".join(parts)
        size += len(part)
        if size > LARGEST:
            raise NotFetched("large")
        parts.append(part)


def _unpacked(body: bytes, coding: str) -> bytes:
    """Without compression; one that unpacks to too much is not unpacked."""
    if coding.strip().lower() not in {"gzip", "x-gzip"}:
        return body
    try:
        opened = zlib.decompressobj(16 + zlib.MAX_WBITS)
        found = opened.decompress(body, LARGEST + 1)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise NotFetched("damaged") from error
    if len(found) > LARGEST:
        raise NotFetched("large")
    return found
