"""What a carrier, or the Keycloak, brings into every world."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from carrierbox.kernel import fixtures
from carrierbox.kernel.world import Box

if TYPE_CHECKING:
    from carrierbox.kernel.devices import Network
    from carrierbox.kernel.lifecycle import Lifecycle
    from carrierbox.kernel.sims import Fleet
    from carrierbox.kernel.tokens import Kind

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Part:
    """One part: what it loads, makes, counts and tells."""

    name: str
    #: Loads the part's section of a fixture.
    load: Callable[[Box, Mapping[str, Any]], None]
    #: Which members of the section's rows name other rows.
    references: tuple[fixtures.Reference, ...] = ()
    #: Grows a fleet of so many SIMs.
    grow: Callable[[Box, int, Progress], None] = lambda box, sims, progress: None  # noqa: ARG005
    #: Takes away what belongs to one world only, keys and sessions, and writes what hangs on the time when it begins.
    make_own: Callable[[Box], None] = lambda box: None  # noqa: ARG005
    #: Counts the part's SIMs by state.
    count: Callable[[Any], dict[str, int]] | None = None
    #: Credentials that work and values that are free to use, for the world's description.
    credentials: Mapping[str, Any] = field(default_factory=dict)
    token_path: str | None = None
    free: Callable[[Box], dict[str, list[str]]] | None = None
    #: What is there to be pointed to, for the world's description.
    catalogue: Callable[[Box], Mapping[str, Any]] | None = None
    #: Which of the values that a request says, each with the name under which it stands there, lead to a SIM: the value
    #: and the ICCID.
    names: Callable[[Box, Collection[tuple[str, str]]], Iterable[tuple[str, str]]] | None = None
    #: The state of a SIM by its ICCID; none where it is not this carrier's.
    state: Callable[[Box, str], str | None] | None = None
    #: Says which SIMs may use the network, and takes what their devices do.
    network: "Network | None" = None
    #: Makes a token to order, seen from the world's address; what of it goes into which header.
    mint: Callable[[Box, str, "Kind"], str] | None = None
    headers: Callable[[str], dict[str, str]] = lambda token: {"Authorization": f"Bearer {token}"}
    #: Says where its SIMs are, and forces one into a state.
    sims: "Fleet | None" = None
    #: All lifecycles of the part, whose exercise is counted.
    lifecycles: "tuple[Lifecycle, ...]" = ()
