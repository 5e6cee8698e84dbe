"""Where notifications go, as far as it matters to others that go there."""

from urllib.parse import urlsplit

from carrierbox.kernel.world import INBOX


def target_of(url: str) -> str:
    """What of an address fails as one: scheme, host and port; or the inbox.

    Raises: ValueError for what is no address.
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}" if parts.scheme else INBOX
