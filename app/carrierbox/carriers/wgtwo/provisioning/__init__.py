"""Activating, changing and ending subscriptions."""
