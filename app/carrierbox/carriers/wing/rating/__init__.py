"""Chapters 14 and 15: rate plans, and what they make of usage."""
