"""Plugins: found, loaded, called at arm's length, examined and switched off."""
