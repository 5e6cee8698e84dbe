"""5.15: words that SIMs can bear."""
