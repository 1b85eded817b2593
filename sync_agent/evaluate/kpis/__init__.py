"""Measures KPIs against their targets."""
