"""How often people hear from us: several things in one mail, and what happens when nobody answers."""
