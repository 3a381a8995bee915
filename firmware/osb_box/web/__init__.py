"""The homeowner's page and its JSON API."""
