"""What the shop sells."""

GOODS = "pears"
