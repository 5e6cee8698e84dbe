"""SPS - Subscription Balance Management."""
