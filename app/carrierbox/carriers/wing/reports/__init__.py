"""Chapter 7: canned reports, which are switched on for an account, run on demand or by schedule, and downloaded."""
