"""Published laws that can be used alone: attrition, self-exciting counts, power laws, the breaking of a side."""
