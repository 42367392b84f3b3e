"""The approaches: a model, a recipe and what is documented of them."""
