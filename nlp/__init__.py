"""Text to annotations: pure, no network, no index."""
