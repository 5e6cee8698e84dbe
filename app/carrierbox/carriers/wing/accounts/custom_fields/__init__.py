"""4.4: fields that accounts define, and what they say of each account."""
