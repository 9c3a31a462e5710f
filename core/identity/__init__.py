"""Who signs in to this space, and with what: accounts, passwords, sessions, invitations and API tokens."""
