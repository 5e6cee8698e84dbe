"""Who may call: tenants, the clients that act for them, and the token endpoint."""
