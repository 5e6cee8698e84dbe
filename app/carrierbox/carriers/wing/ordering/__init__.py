"""Chapter 8: SIM cards that accounts order, what there is to order, and who is told."""
