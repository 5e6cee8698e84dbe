"""What SIMs use: sessions, call data records and counters, made of what their devices do."""
