"""Tables of webhooks and of choices of mail."""

from portal.hooks.models.choices import MailOff
from portal.hooks.models.deliveries import HookCursor, HookDelivery
from portal.hooks.models.endpoints import HookEndpoint, HookSecret

__all__ = ["HookCursor", "HookDelivery", "HookEndpoint", "HookSecret", "MailOff"]
