"""3.11 to 3.15: roles, and the services that they permit."""
