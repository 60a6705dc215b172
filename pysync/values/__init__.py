"""The lowest floor: JSON values, paths, stamps. Pure functions, no state but a clock's last stamp."""
