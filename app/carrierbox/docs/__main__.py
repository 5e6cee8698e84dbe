"""``python -m carrierbox.docs``."""

from carrierbox.docs import main

main()
