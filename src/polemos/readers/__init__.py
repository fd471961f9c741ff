"""Reading the files that people have: any encoding and separator, Excel, Parquet, GeoJSON, Lua; dates and numbers."""
