"""polemos: an argument about a war as a model that can be run and scored."""
