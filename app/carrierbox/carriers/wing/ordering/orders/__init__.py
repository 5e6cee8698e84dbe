"""8.1.1 to 8.1.4, 8.1.7, 8.1.8: orders, their steps, and the SIMs that come of them."""
