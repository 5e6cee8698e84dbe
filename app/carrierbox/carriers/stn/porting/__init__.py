"""Chapter d: numbers that come from another provider, and numbers that leave."""
