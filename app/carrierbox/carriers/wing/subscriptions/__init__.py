"""Chapter 5, the Subscription API: SIMs, their records, states, workflows and audit trail."""
