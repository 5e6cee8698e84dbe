"""4.33 to 4.36: groups of SIMs in an account."""
