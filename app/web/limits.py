"""Limits by address, against floods; limits by account are rows of their own domain.

``@limiter.limit("20 per minute")`` on a view (below its guard) tightens the default. Tests run without limits unless
they set ``RATELIMIT_ENABLED``.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from flask import request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.config import Mode

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings

# A factory of 2,000 shares one address at a shift change, and each opens ten pages: this stops machines, not people.
# Every process counts for itself, so it guards nothing but the time of a process; what is worth guessing, or costs
# money, is counted in rows, by account and by network.
DEFAULT = "30000 per minute"
REDIS_PATIENCE = 0.5
"""Seconds that a request waits for Redis before its process counts for itself; it asks again later and later."""
REDIS_OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": REDIS_PATIENCE,
    "socket_timeout": REDIS_PATIENCE,
    "retry": Retry(NoBackoff(), 0),
}


def is_this_machine() -> bool:
    """Whether the request comes from the machine itself."""
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def network() -> str:
    """Whom the address belongs to: one IPv4 address, or the 64 bits that one IPv6 customer is given at least."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    return str(address) if address.version == 4 else str(ip_network((int(address), 64), strict=False))


limiter = Limiter(get_remote_address, default_limits=[DEFAULT], default_limits_exempt_when=is_this_machine)


def init_app(app: Flask, settings: Settings) -> None:
    """Count in memory, or in Redis when several processes serve; while Redis is away, each process in its memory."""
    app.config.setdefault("RATELIMIT_ENABLED", settings.mode is not Mode.TEST)
    app.config.update(RATELIMIT_STORAGE_URI=settings.limits_url, RATELIMIT_HEADERS_ENABLED=False)
    if settings.limits_url.startswith(("redis:", "rediss:")):
        app.config.update(RATELIMIT_STORAGE_OPTIONS=REDIS_OPTIONS, RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True)
    limiter.init_app(app)
