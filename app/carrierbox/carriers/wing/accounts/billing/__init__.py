"""4.2: billing profiles, which accounts name when they are made."""
