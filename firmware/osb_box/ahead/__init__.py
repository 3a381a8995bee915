"""The box's own plan for the coming day: least cost on the household's tariff inside comfort, with a hub or without."""
