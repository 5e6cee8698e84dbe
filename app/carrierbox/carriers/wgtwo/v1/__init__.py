"""The former edition: its own shapes over the same subscriptions and rules, for clients that are older than v2."""
