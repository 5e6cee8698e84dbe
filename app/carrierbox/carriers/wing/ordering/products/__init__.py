"""8.3: the products that can be ordered."""
