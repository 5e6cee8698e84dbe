"""GraphQL in Hasura's dialect, for 4.36, 5.4, 5.5 and 5.21.

A query goes through these files in this order: `routes` reads it from the request; `document` parses it; `selection`
checks its fields and arguments against `schema`, with `values` for the arguments; `compiling` makes of each root field
one SQL statement, with `select`, `aggregate`, `where` and `order`; `rules` runs the statements. Both the schema
and the SQL come from `tables`, which say what can be asked for.

Source: contract `wing-subscription.yaml`, key `graphql`.
"""
