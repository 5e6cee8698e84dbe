"""5.16: fields that accounts define for their SIMs, and what they say of each SIM."""
