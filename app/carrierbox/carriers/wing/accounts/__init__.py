"""Chapter 4, accounts: their tree, which decides what is seen in every chapter, and what is assigned to them."""
