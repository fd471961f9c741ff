"""What happens off the map: violence in other countries, and pledges to a network's centre."""
