"""A believable B2B software company, made from a seed, to show and test the warehouse.

The order of the making: clock -> company -> accounts -> people -> campaigns ->
journeys -> lifecycle -> deals -> records -> the tables of each source system.
Every figure that was assumed stands in assumptions.py; every word in vocabulary.py.
"""
