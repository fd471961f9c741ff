"""A kept run in the formats of other tools: tables, GeoJSON, netCDF, and the input of the Flee displacement model."""
