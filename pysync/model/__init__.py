"""The second floor: schema, changes, cells, reducer, merge, guards, conflicts. Pure; no clock."""
