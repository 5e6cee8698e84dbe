"""Chapter 13: the gateway's sign of life."""
