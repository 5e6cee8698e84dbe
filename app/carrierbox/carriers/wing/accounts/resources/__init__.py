"""4.8 to 4.18 and 4.26 to 4.32: what is assigned to accounts, and which of it is the default."""
