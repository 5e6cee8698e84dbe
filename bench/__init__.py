"""How fast the box is, as ratios within one run: `python -m bench`."""
