"""Campaigns 营销活动: mail to those who agreed to it, notices in the portal, and services recommended to customers."""
