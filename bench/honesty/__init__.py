"""The honesty bench: for how long a false or unmarked figure is on the screen."""
