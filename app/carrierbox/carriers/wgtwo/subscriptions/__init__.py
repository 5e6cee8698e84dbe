"""Subscriptions and their SIMs, as they are read."""
