"""SPS - Subscription Number Management, and the stock of numbers behind it."""
