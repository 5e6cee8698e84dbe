"""5.14: a range of SIMs moves from one account to another."""
