"""The tables that each system of the company holds, made from what is true of it."""
