"""The lowest floor: JSON values, stamps, ids. Pure functions, and a clock's last stamp."""
