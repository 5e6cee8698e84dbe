"""11.3 and 12.1: a SIM's data session, and ending it."""
