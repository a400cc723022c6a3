"""The apps that Muntin is measured beside, published as they are run."""
