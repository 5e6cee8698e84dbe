"""14: invoices."""
