"""Reading: the weekly mail and the reports."""
