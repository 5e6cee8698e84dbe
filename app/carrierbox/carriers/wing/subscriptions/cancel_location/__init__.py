"""5.18: letting the network forget where a SIM is."""
