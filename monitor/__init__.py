"""What the department asks: pure functions over store and index."""
