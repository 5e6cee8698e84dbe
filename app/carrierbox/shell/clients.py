"""Which of two carriers a token request is for that came to the address of both: the client id decides."""

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from carrierbox.kernel.world import Box
from carrierbox.shell.sites import CarrierSite


def by_client(
    knows: Callable[[Box, str], bool], site: CarrierSite, *, otherwise: CarrierSite
) -> Callable[[Box, Mapping[bytes, bytes], bytes], CarrierSite]:
    """Choose *site* for what comes from a client that it *knows*, in HTTP Basic or in the form."""

    def choose(box: Box, headers: Mapping[bytes, bytes], body: bytes) -> CarrierSite:
        client_id = _client_id(headers.get(b"authorization", b"").decode("latin-1"), body)
        return site if knows(box, client_id) else otherwise

    return choose


def _client_id(authorization: str, body: bytes) -> str:
    scheme, _, credentials = authorization.partition(" ")
    try:
        if scheme.lower() == "basic":
            return b64decode(credentials, validate=True).decode().partition(":")[0]
        return dict(parse_qsl(body.decode(errors="replace"), max_num_fields=100)).get("client_id", "")
    except (binascii.Error, ValueError):  # whoever is asked says what is wrong with it
        return ""
