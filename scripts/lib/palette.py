"""Colours of charts, from Okabe and Ito's palette, which the colour-blind tell apart.

Its black and yellow are left out: one vanishes in the dark, the other in the light.
"""

BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
PINK, SKY, VERMILION = "#CC79A7", "#56B4E9", "#D55E00"
GREY = "#8a8a8a"
