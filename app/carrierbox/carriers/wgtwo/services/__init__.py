"""The services that a subscription may have: their names, what they depend on, and their config."""
