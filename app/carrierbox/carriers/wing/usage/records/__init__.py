"""How what devices do is written down: registrations, sessions and their records, calls, messages, counters."""
