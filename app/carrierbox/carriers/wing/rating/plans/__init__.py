"""15: rate plans, by name and in detail."""
