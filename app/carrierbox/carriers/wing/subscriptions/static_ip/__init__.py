"""16: another static address for a SIM that has one."""
