"""10.1: where the network knows a SIM to be."""
