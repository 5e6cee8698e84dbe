"""SPS - Port-In Management."""
