"""The four carriers. None imports another."""
