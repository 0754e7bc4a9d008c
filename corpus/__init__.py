"""What we keep: the model, the code lists it refers to, the store, the index. Imports none of the packages above it."""
