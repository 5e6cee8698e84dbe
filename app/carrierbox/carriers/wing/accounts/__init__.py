"""Chapter 4, accounts: so far the tree that decides what is seen in every chapter."""
