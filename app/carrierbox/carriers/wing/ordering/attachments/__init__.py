"""8.1.5 and 8.1.6: the CSV file of an order."""
