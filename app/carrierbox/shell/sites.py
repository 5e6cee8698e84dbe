"""Which application a request is for: by prefix, by the vendor's host name, or by the bare path itself."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi.routing import APIRoute
from starlette.types import ASGIApp

from carrierbox.kernel.world import Box

NOTHING = re.compile(r"(?!)")
WORLD_PREFIX = re.compile(r"/w/(?P<world>[^/]*)")


@dataclass(frozen=True)
class Site:
    """One application of the house and the addresses that lead to it."""

    name: str
    app: ASGIApp
    #: What may stand before this site's own paths: ``/wing``.
    prefix: str
    #: This site's own paths, by which it is known without prefix and host.
    paths: re.Pattern[str] = NOTHING
    hosts: re.Pattern[str] = NOTHING
    #: Whether all below the prefix or host is this site's, or its own paths only.
    whole: bool = True
    #: Its own paths that take a larger body than others, and how large.
    uploads: re.Pattern[str] = NOTHING
    most_upload: int = 0

    def has(self, path: str) -> bool:
        """Whether a path behind this site's prefix or host is for this site."""
        return self.whole or self.paths.match(path) is not None


@dataclass(frozen=True, kw_only=True)
class CarrierSite(Site):
    """An API of a carrier: it has its faults, and a journal is kept of it."""

    carrier: str
    #: The route that a method and a path of its own lead to.
    find: Callable[[str, str], APIRoute | None]
    #: ``refuse(status, detail, path)`` in its error shape; without a detail, as the vendor words that status.
    refuse: Callable[[int, str | None, str], ASGIApp]
    #: Whether every answer tells how much of the rate limit is left.
    tells_limit: bool = False
    #: Which site it is in fact, where the address alone does not say: by the headers and the body.
    among: "Callable[[Box, Mapping[bytes, bytes], bytes], CarrierSite] | None" = None


@dataclass(frozen=True, slots=True)
class Found:
    """Where a request goes: the site, and what of the path stands before the site's own paths."""

    site: Site
    world: str | None  # named in the path; None where it was not
    world_prefix: str
    root: str


def find(sites: tuple[Site, ...], path: str, host: str) -> Found | tuple[str | None, str]:
    """The site of a path and host; else the world named and the rest of the path."""
    world, world_prefix, rest = None, "", path
    if named := WORLD_PREFIX.match(path):
        world, world_prefix = named["world"], named[0]
        rest = path[named.end() :] or "/"
    for site in sites:
        if (rest == site.prefix or rest.startswith(f"{site.prefix}/")) and site.has(rest[len(site.prefix) :]):
            return Found(site, world, world_prefix, world_prefix + site.prefix)
    for site in sites:
        if (site.hosts.fullmatch(host) and site.has(rest)) or site.paths.match(rest):
            return Found(site, world, world_prefix, world_prefix)
    return world, rest
