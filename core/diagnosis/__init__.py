"""The publishing guide's *Troubleshooting*, walked on the live system."""
