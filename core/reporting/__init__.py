"""Health told to marketplaces: by whom, when, in which order, and what follows where one had switched a listing off."""
