"""What the people in the home feel: their band, their word, and how the rooms and the water keep heat."""
