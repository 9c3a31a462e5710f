"""The marketplaces of this space: their connection, their pace, and their removal."""
