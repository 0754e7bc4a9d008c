"""Small portals on loopback that misbehave on purpose, one behaviour an address."""
