"""From the wish to be listed to the confirmed listing: the publication row and those who work it."""
