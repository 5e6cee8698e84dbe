"""5.20, 5.22, 5.23: putting SIMs into an account's groups, and taking them out."""
