"""8.2: who orders for an account, and where to deliver, where an order does not say."""
