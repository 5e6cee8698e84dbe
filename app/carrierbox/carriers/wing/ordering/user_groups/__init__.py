"""8.4: who gets a mail at which step of an order; nothing to do with the user groups of chapter 3."""
