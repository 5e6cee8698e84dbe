"""SPS - Subscription Device Management."""
