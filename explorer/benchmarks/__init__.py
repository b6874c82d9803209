"""Where an authority stands among others."""
