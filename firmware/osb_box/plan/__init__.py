"""What the devices shall do: offer, follow a plan, manage alone, and the limits that have the last word."""
