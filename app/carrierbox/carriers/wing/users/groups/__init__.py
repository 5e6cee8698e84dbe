"""3.6 to 3.10: user groups, who give their users a role on some accounts."""
