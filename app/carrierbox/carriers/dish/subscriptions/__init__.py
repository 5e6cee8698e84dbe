"""SPS - Subscriptions: activation and status updates. The SIM, which once active is a subscription, belongs here."""
