"""A signed agreement, lived: duties and evidence, needs raised, job shadowing, partner pulse, yearly report."""
