"""Users, roles, invitations, sign-in."""
