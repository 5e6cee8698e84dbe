"""Chapter h: CDRs from what devices do, and the usage and the invoices that they add up to."""
