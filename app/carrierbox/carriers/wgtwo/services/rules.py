"""What becomes of a subscription's services when some are added and deleted, and which of them work.

Adding or deleting one service adds or deletes no other: dependencies decide what works, not what is stored.
Source: contract `wgtwo.yaml`, wgtwo-update and key `services`.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from carrierbox.carriers.wgtwo.services.catalogue import CATALOGUE
from carrierbox.carriers.wgtwo.services.schemas import Supplementary

Config = dict[str, Any]
Services = dict[str, Config | None]


def check_name(name: str, edition: str) -> str:
    """Let a name pass that an edition (``v1``, ``v2``) takes.

    Raises: ValueError.
    """
    if name not in CATALOGUE or not getattr(CATALOGUE[name], edition):
        raise ValueError(f"there is no service {name} in {edition}")
    return name


def read_config(name: str, given: Any) -> Config | None:
    """A service's config as it was sent; an empty one is none.

    Raises: ValueError for one of another shape.
    """
    shape = CATALOGUE[name].config
    if given is None or given == {}:
        return None
    if shape is None:
        raise ValueError(f"{name} has no config")
    return shape.model_validate(given).model_dump(exclude_unset=True)


def change(before: Services, delete: Collection[str] = (), add: Iterable[tuple[str, Config | None]] = ()) -> Services:
    """The services after a change: deletions first, then additions, each of which replaces the whole config."""
    after = {name: config for name, config in before.items() if name not in delete}
    for name, config in add:
        after[name] = _settled(name, config, after.get(name))
    return after


def _settled(name: str, given: Config | None, present: Config | None) -> Config | None:
    """The config that is kept: a switch that was left out stays as it was, and is off at first."""
    config = dict(given or {})
    if CATALOGUE[name].config is Supplementary:
        config.setdefault("active", (present or {}).get("active", False))
    return config or None


def working(services: Mapping[str, Any], enabled: Collection[str] | None) -> list[str]:
    """Those that have what they depend on; of the network's services only those *enabled*, where that is limited."""
    return [
        name
        for name in services
        if services.keys() >= set(CATALOGUE[name].requires)
        and (enabled is None or not CATALOGUE[name].network or name in enabled)
    ]
