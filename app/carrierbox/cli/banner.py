"""What `serve` prints when it can answer: where everything is, and one call that works."""

from collections.abc import Mapping, Sequence
from typing import Any

from carrierbox import __version__
from carrierbox.kernel.parts import Part
from carrierbox.kernel.world import World


def banner(url: str, world: World, parts: Sequence[Part], *, made_key: str | None, kept_in: str) -> list[str]:
    """At most fifteen lines. A control key is shown when it was made up for this run, and else nobody knew it."""
    carriers = [part for part in parts if part.count is not None]
    rows = [(carrier.name, _addresses(url, carrier)) for carrier in carriers]
    rows.append(("control", f"{url}/_box" + (f"   key {made_key}" if made_key else "")))
    rows.append(("console", f"{url}/_box/"))
    if login := next((part for part in carriers if part.token_path and "username" in part.credentials), None):
        rows.append(("log in", f"user {login.credentials['username']}, password {login.credentials['password']}"))
        others = "; ".join(_key(carrier) for carrier in carriers if carrier is not login)
        rows.append(("keys", others))
        rows.append(("try", _curl(f"{url}{login.token_path}", login.credentials)))
    chosen = world.settings
    rows.append(
        ("world", f"{world.name}, seed {chosen.seed}, pace {chosen.pace}, auth {chosen.auth}, kept in {kept_in}")
    )
    return [f"carrierbox {__version__}", *(f"  {name:8} {text}" for name, text in rows)]


def _addresses(url: str, carrier: Part) -> str:
    base = f"{url}/{carrier.name}"
    return f"{base}   tokens {url}{carrier.token_path}" if carrier.token_path else base


def _key(carrier: Part) -> str:
    """What lets a program in: a client and its secret, or a header."""
    told = carrier.credentials
    if "client_id" in told:
        return f"{carrier.name} client {told['client_id']}, secret {told['client_secret']}"
    return f"{carrier.name} {', '.join(f'{name}: {key}' for name, key in told.items() if isinstance(key, str))}"


def _curl(token_url: str, credentials: Mapping[str, Any]) -> str:
    sent = {name: credentials[name] for name in ("client_id", "username", "password")}
    fields = " ".join(f"-d {name}={value}" for name, value in {"grant_type": "password", **sent}.items())
    return f"curl {fields} {token_url}"
