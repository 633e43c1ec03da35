"""How often the public may send something: against floods, never against a person in a hurry.

Counted in Django's cache. Where the cache is away nobody is refused: a customer who cannot write is worse than a flood.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

import structlog
from django.core.cache import cache
from django.http import HttpRequest

from desk.middleware import client_address

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` in `seconds`, counted from the first."""

    name: str
    times: int
    seconds: int

    def allows(self, who: str) -> bool:
        """Count one more of `who`; False when that is one too many. Who it is stands in the cache as a hash only."""
        key = f"portal:{self.name}:{hashlib.sha256(who.encode()).hexdigest()}"
        try:
            cache.add(key, 0, self.seconds)
            return cache.incr(key) <= self.times
        except ValueError:  # it ran out between the two calls
            return True
        except Exception:
            log.exception("limit_not_counted", limit=self.name)
            return True


# A shop or a school shares one address, so a network may send more than a mail address may be written to.
REQUESTS_OF_A_NETWORK = Limit("requests", times=40, seconds=600)
REQUESTS_OF_AN_ADDRESS = Limit("requests-address", times=8, seconds=3_600)
MESSAGES_OF_A_TICKET = Limit("messages", times=15, seconds=600)
CONCERNS_OF_A_TICKET = Limit("concerns", times=10, seconds=600)
# Apart from the messages: whoever wrote a lot can still choose people.
CHOICES_OF_A_TICKET = Limit("choices", times=30, seconds=600)
SEARCHES_OF_A_NETWORK = Limit("searches", times=120, seconds=600)


def network_of(request: HttpRequest) -> str:
    """The sender's address; of IPv6 the /64, which is what one household has."""
    try:
        address = ip_address(client_address(request).split("%")[0])
    except ValueError:
        return "unknown"
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)
