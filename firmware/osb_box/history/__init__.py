"""What the home used: a row for each quarter of an hour of 35 days and for each day of two years, on flash."""
