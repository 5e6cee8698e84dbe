"""Chapters c and e and the seed document: subscriptions, from NewSubscription to TerminateSubscription."""
