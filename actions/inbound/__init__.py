"""Inbound mail. `parse` is the front of everything that reads bytes and text; it knows no model and no database."""
