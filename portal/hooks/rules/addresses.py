"""Where a delivery may go: an https address, never one inside the house, unless the settings allow it.

Against requests forged on the server's side (OWASP ASVS 5.0, 1.3.6 and 13.2.4): the name is resolved, every address is
judged here, and the connection goes to the very address that was judged (portal/hooks/wire.py).
"""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, quote, urlsplit

from portal.kernel.errors import Invalid
from portal.kernel.text import t

LONGEST = 1_000
SHOWN = 300
PLAIN = "/?&=%:@!$'()*+,;~-._[]"
"""What stands in a request as it was typed; the rest is encoded."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NEVER = frozenset(
    map(
        ipaddress.ip_address,
        ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192",
         "fd00:ec2::254", "fd20:ce::254"),
    )
)  # fmt: skip
"""Where clouds tell a machine its secrets: no setting opens these."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")
NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")


def checked(text: str, private_ok: bool) -> str:
    """The address as it is kept. Raises Invalid at "url"."""
    url = text.strip()
    if len(url) > LONGEST or not url.isprintable() or " " in url:
        raise Invalid(t("This is no address."), "url")
    parts = _parts(url)
    if parts.scheme not in (("https", "http") if private_ok else ("https",)):
        raise Invalid(t("The address must begin with https://."), "url")
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise Invalid(t("The address needs a host, and no user name before it."), "url")
    _ascii(parts.hostname)
    literal = _literal(parts.hostname)
    if literal is not None and not may_go_to(literal, private_ok):
        raise Invalid(t("Addresses inside a network are not allowed here."), "url")
    return url.partition("#")[0]


def host_of(url: str) -> tuple[str, int, bool]:
    """(host in ASCII, port, whether TLS) of an address that was checked."""
    parts = _parts(url)
    tls = parts.scheme == "https"
    return _ascii(parts.hostname or ""), parts.port or (443 if tls else 80), tls


def target_of(url: str) -> str:
    """What is asked of the host: path and query."""
    parts = _parts(url)
    path = parts.path or "/"
    return quote(f"{path}?{parts.query}" if parts.query else path, safe=PLAIN)


def shown(url: str, is_robot: bool) -> str:
    """What may be read of an address: a query, and a robot's last part, are as good as a password."""
    parts = _parts(url)
    path = parts.path
    if is_robot and not parts.query:
        path = f"{path.rpartition('/')[0]}/…"
    return f"{parts.scheme}://{parts.netloc}{path}{'?…' if parts.query else ''}"[:SHOWN]


def may_go_to(address: Address, private_ok: bool) -> bool:
    """Whether a connection to `address` may be made.

    `private_ok` opens private and loopback addresses; many, unspecified, link-local and metadata ones stay closed.
    """
    for each in _meant(address):
        if each in NEVER or each.is_multicast or each.is_unspecified or each.is_link_local:
            return False
        is_open = each.is_global and not getattr(each, "is_site_local", False)
        if not is_open and not (private_ok and (each.is_private or each.is_loopback)):
            return False
    return True


def _meant(address: Address) -> list[Address]:
    """The address and, where it carries another inside (mapped, 6to4, Teredo, NAT64), that one."""
    found: list[Address] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        inside = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in NAT64 or address in NAT64_LOCAL:
            inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        carried = [each for each in inside if each is not None]
        if address.ipv4_mapped is not None:
            return list(carried)
        found += carried
    return found


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise Invalid(t("This is no address."), "url") from error
    return parts


def _ascii(host: str) -> str:
    try:
        return host if ":" in host else host.encode("idna").decode()
    except UnicodeError as error:
        raise Invalid(t("This is no address."), "url") from error


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
