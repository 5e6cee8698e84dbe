"""5.9 to 5.12: a SIM gets another APN group, network profile, rate plan or roaming profile."""
