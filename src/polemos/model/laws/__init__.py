"""Published laws that can be used alone: attrition, force ratios, self-exciting counts, power laws."""
