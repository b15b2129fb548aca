"""The verbs of contracts and of the entitlements that they grant; none commits."""
