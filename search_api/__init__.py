"""Reading: the JSON API and the web pages."""
