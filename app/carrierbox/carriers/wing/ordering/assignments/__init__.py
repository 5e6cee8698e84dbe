"""8.5: what products are to single accounts: a price, and a least quantity."""
