"""3.1 to 3.5 and 3.16 to 3.21: users, who are the Keycloak's."""
