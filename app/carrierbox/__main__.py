"""``python -m carrierbox`` is ``carrierbox``."""

from carrierbox.cli import main

if __name__ == "__main__":
    main()
