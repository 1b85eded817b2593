"""Whether goals are agreed, and who is told of changes to them."""
