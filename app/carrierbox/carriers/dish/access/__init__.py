"""Who may call: wholesale customers in their tree, the clients that act for them, and the token endpoint."""
