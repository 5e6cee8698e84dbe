"""11.4: what the SIMs of an account used under a rate plan in this billing cycle."""
