"""5.1 to 5.3: one SIM by its identities, and lists of SIMs by filter and page."""
