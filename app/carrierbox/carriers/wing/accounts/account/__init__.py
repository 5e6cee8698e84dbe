"""4.1, 4.3 and 4.5 to 4.7: accounts, their addresses and contacts."""
