"""A federation of generated portals over all families of systems, lived through day by day: what a country's sources do to a crawler."""
