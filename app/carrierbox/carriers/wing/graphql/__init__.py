"""GraphQL in Hasura's dialect, for 4.36; the queries of chapter 5 share its route."""
