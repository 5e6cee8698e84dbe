"""11.1 and 11.2: what one SIM used in this billing cycle."""
