"""The parts a screen is put together from: pure functions from values to `Html`.

Each module owns one kind of part and the names of its CSS classes; a screen writes no class names
of its own beyond the layout words `stack`, `row`, `push`, `muted`. Everything works in CPython and
without JavaScript; what the glue adds (dialogs, menus, roving focus) hangs on `data-*` attributes
that these functions write.
"""
