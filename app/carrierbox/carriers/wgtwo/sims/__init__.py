"""Importing SIM cards."""
