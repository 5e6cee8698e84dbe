"""SPS - Subscription SIM Management."""
