"""5.6 to 5.8 and 5.19: billing states, their allowed steps, and the workflows that take them."""
