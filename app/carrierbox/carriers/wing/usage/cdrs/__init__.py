"""5.17: the records of data sessions."""
