"""What the hotel keeps in stock: items, locations, and the movements that say how much is where."""
