"""SPS - Subscription Profile Management."""
