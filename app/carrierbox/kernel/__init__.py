"""What every carrier stands on: time, store, worlds, lifecycles, pending work; knows no carrier and no HTTP."""
