"""What people are told when something is not well: rules, episodes, notices and the channels that carry them."""
