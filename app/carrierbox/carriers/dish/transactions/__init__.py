"""Transactions: how work that was acknowledged stands, and the notification that goes out when it has ended."""
