"""Pages of an agreement; one module per room."""
