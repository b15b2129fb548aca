"""Contracts 合同, what they promise, and the entitlements 客户权益 that they grant."""
