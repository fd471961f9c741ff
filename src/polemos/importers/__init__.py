"""Importers: the files that people have to the files of a scenario. None downloads; none takes a doubtful match."""
