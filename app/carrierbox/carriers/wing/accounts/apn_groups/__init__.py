"""4.19 to 4.25: APN groups, some of an account's APNs under a name."""
