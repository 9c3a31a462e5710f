"""What marketplaces really show, held against what is wanted: readings, plans, repairs, republishing, adoption."""
