/* One stop per list for the Tab key; the arrow keys walk inside it. `data-roving` says how:
   "y" up and down, "x" left and right, "xy" and "tape" to the nearest item in a direction. */
export function rovingItems(list) {
  return [...list.querySelectorAll("[tabindex]")].filter(
    (item) => item.closest("[data-roving]") === list && !item.hasAttribute("hidden"),
  );
}

export function ensureRoving(list) {
  if (list.querySelector('[tabindex="0"]')) return;
  list.querySelector("[tabindex]")?.setAttribute("tabindex", "0");
}

export function takeFocus(item) {
  const list = item.closest("[data-roving]");
  if (!list || !item.hasAttribute("tabindex")) return;
  for (const other of list.querySelectorAll('[tabindex="0"]')) {
    if (other !== item) other.setAttribute("tabindex", "-1");
  }
  item.setAttribute("tabindex", "0");
}

const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

function nearest(items, from, [dx, dy]) {
  const start = from.getBoundingClientRect();
  const x = start.left + Math.min(start.width, 40) / 2;
  const y = start.top + start.height / 2;
  let best = null;
  let least = Infinity;
  for (const item of items) {
    if (item === from) continue;
    const box = item.getBoundingClientRect();
    const across = box.left + Math.min(box.width, 40) / 2 - x;
    const down = box.top + box.height / 2 - y;
    const along = across * dx + down * dy;
    const aside = Math.abs(across * dy) + Math.abs(down * dx);
    if (along < 2 || (dx && Math.abs(down) > start.height / 2)) continue;
    const distance = dx ? along + aside * 4 : along * 4 + aside;
    if (distance < least) [best, least] = [item, distance];
  }
  return best;
}

const leaps = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };

/* Moves the focus for an arrow key and says whether it did. `far(list, row, by)` does it in a long
   list, of which not all rows are drawn. */
export function walk(event, far) {
  const list = event.target.closest("[data-roving]");
  if (!list || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return false;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), select, textarea")) return false;
  const items = rovingItems(list);
  const current = items.find((item) => item.contains(event.target));
  if (!current) return false;
  const at = items.indexOf(current);
  const mode = list.dataset.roving;
  if (list.dataset.window && mode === "y" && event.key in leaps) {
    far(list, current, leaps[event.key]);
    return true;
  }
  let next = null;
  if (event.key === "Home") next = items[0];
  else if (event.key === "End") next = items.at(-1);
  else if (mode === "y" && event.key === "PageDown") next = items[Math.min(at + 10, items.length - 1)];
  else if (mode === "y" && event.key === "PageUp") next = items[Math.max(at - 10, 0)];
  else if (!(event.key in steps)) return false;
  else if (mode === "y" || mode === "x") {
    const step = steps[event.key][mode === "y" ? 1 : 0];
    if (!step) return false;
    next = items[at + step];
    if (!next && list.matches("[role=menu]")) next = step > 0 ? items[0] : items.at(-1);
  } else next = nearest(items, current, steps[event.key]);
  if (next) {
    takeFocus(next);
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  return true;
}
