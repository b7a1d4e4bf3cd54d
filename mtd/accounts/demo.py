"""The demo: who its people are, their codes, and why it never opens to the outside.

Demo sign-in needs no secret at all. So it must be impossible that anybody but the person in front of this
machine reaches it: not by a setting (checked at the start), not by a proxy or an open port (checked at each
request).
"""

from __future__ import annotations

import ipaddress
import sys
import time
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

CAST_FILE = "content/demo/cast.yaml"
_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_VIA")


@lru_cache(maxsize=1)
def cast_data() -> dict[str, Any]:
    """The named cast as the file says it: networks with organisations, people, one sentence each."""
    path: Path = settings.BASE_DIR / CAST_FILE
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


def is_loopback(host: str) -> bool:
    """True for localhost, 127.0.0.0/8 and ::1, nothing else."""
    name = host.strip().strip("[]").lower().rstrip(".")
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def ways_from_outside(arguments: list[str] | None = None) -> list[str]:
    """Every setting or argument through which strangers could reach this process; empty when it is closed."""
    found = [
        f"MTD_HOSTS admits {host!r}"
        for host in settings.ALLOWED_HOSTS
        if host != "testserver" and not is_loopback(host)
    ]
    for origin in [settings.MTD_BASE_URL, *settings.CSRF_TRUSTED_ORIGINS]:
        host = urlsplit(origin).hostname or ""
        if not is_loopback(host):
            found.append(f"the address {origin!r} is not of this machine")
    if settings.SECURE_PROXY_SSL_HEADER:
        found.append("a proxy is configured (MTD_BEHIND_PROXY)")
    found.extend(
        f"the server listens on {address!r}"
        for address in _listening(sys.argv if arguments is None else arguments)
    )
    return found


def _listening(arguments: list[str]) -> list[str]:
    """Addresses in the command line (`runserver 0.0.0.0:8000`, `--bind 0.0.0.0`) that are not of this machine."""
    given: list[str] = []
    for position, argument in enumerate(arguments):
        following = arguments[position + 1] if position + 1 < len(arguments) else ""
        if argument in {"--bind", "-b"}:
            given.append(following)
        elif argument.startswith("--bind="):
            given.append(argument.removeprefix("--bind="))
        elif argument == "runserver":
            given.extend(a for a in arguments[position + 1 :] if ":" in a and not a.startswith("-"))
    outside = []
    for address in given:
        host = split_domain_port(address)[0] if "]" in address or address.count(":") <= 1 else address
        if address.startswith("unix:") or not host or host.isdigit():
            continue
        if not is_loopback(host):
            outside.append(address)
    return outside


def is_from_outside(request: HttpRequest) -> bool:
    """True unless the request comes from this machine, straight, and asks for this machine."""
    if not is_loopback(request.META.get("REMOTE_ADDR", "")):
        return True
    if any(request.META.get(header) for header in _FORWARDED):
        return True
    host = request.META.get("HTTP_HOST", "")
    return bool(host) and not is_loopback(split_domain_port(host.lower())[0])


def code_at(secret: str, when: float | None = None) -> str:
    """The six-digit code of a TOTP secret at a moment (RFC 6238)."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    counter = int(time.time() if when is None else when) // 30
    return str(format_hotp_value(hotp_value(secret, counter)))
