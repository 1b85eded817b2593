"""Who is told, where and when."""
