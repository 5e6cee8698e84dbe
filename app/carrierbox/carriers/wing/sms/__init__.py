"""Chapter 9, and 5.13: messages to and from SIMs."""
