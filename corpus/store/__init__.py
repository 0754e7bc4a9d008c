"""The truth: one database (SQLAlchemy Core)."""
