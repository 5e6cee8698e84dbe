"""Chapter 3, users, user groups and roles: who may do what, and where."""
