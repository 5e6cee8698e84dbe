"""Chapter 6: automation rules, which watch SIMs, rate plans and accounts, tell people, and act."""
