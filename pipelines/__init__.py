"""From a page to an indexed document."""
