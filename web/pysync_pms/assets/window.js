/* Long lists: Python draws the rows in view and some around them; gaps stand for the others. This gives
   the gaps their height, and asks for rows (`data-window`) before a gap comes into view.
   A row carries data-at, its number; a gap data-at, its first one, and data-rows. */
const NEAR = 6; // rows
const heights = new WeakMap(); // list -> the height of one row
let wanted = null; // {list, at}: a row to take the focus once it is drawn

const isGap = (element) => element.hasAttribute("data-rows");

function heightOf(list) {
  const rows = [...list.children].filter((child) => !isGap(child)).slice(0, 9);
  const height = Math.min(...rows.map((row) => row.offsetHeight));
  if (height > 0 && height < Infinity) heights.set(list, height);
  return heights.get(list) ?? 40;
}

/* After every drawing. */
export function sizeGaps() {
  for (const list of document.querySelectorAll("[data-window]")) {
    const height = heightOf(list);
    for (const child of list.children) {
      if (isGap(child)) child.style.height = `${child.dataset.rows * height}px`;
    }
  }
  focusWanted();
}

/* A drawing that was asked for before the last keys took away the row that has the focus: it comes
   back with the row. */
export function rowWent(list, at) {
  wanted ??= { list, at };
}

function focusWanted() {
  const list = wanted && document.getElementById(wanted.list);
  const active = document.activeElement;
  const adrift = !active || active === document.body;
  if (!list || !(adrift || list.contains(active))) wanted = null; // the focus went elsewhere meanwhile
  if (!wanted) return false;
  const row = list.querySelector(`:scope > [data-at="${wanted.at}"]:not([data-rows])`);
  if (!row) return false;
  wanted = null;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
  return true;
}

function rowAt(list, y, height) {
  let last = 0;
  for (const child of list.children) {
    const at = Number(child.dataset.at);
    const box = child.getBoundingClientRect();
    if (isGap(child)) {
      if (y < box.bottom) return at + Math.max(0, Math.floor((y - box.top) / height));
      last = at + Number(child.dataset.rows);
    } else {
      if (y < box.bottom) return at;
      last = at + 1;
    }
  }
  return last;
}

function inHand(list) {
  const held = list.querySelector("[data-dragging]") ?? (list.contains(document.activeElement) ? document.activeElement : null);
  return [...list.children].find((child) => child.contains(held))?.id ?? "";
}

export function watchWindows(report) {
  let asked = 0;

  function ask(list, first, last) {
    report(list, { held: inHand(list) }, { first, last });
  }

  function check() {
    asked = 0;
    const waiting = wanted && document.getElementById(wanted.list);
    if (waiting && wanted.at < Number(waiting.dataset.total)) return ask(waiting, wanted.at, wanted.at + 1);
    wanted = null;
    for (const list of document.querySelectorAll("[data-window]")) {
      const view = list.closest("[data-scroller]").getBoundingClientRect();
      const [top, bottom] = [view.top, Math.min(view.bottom, innerHeight)];
      const height = heightOf(list);
      const near = [...list.children].some((child) => {
        const box = isGap(child) && child.getBoundingClientRect();
        return box && box.bottom > top - NEAR * height && box.top < bottom + NEAR * height;
      });
      if (near) ask(list, rowAt(list, top, height), rowAt(list, bottom, height) + 1);
    }
  }

  return {
    soon() {
      asked ||= requestAnimationFrame(check);
    },
    /* Moves the focus by so many rows, from the row that has it or is about to: a key is never lost
       because its row is not drawn yet. */
    walk(list, row, by) {
      const from = wanted?.list === list.id ? wanted.at : Number(row.dataset.at);
      const at = Math.max(0, Math.min(from + by, Number(list.dataset.total) - 1));
      wanted = { list: list.id, at };
      if (!focusWanted()) ask(list, at, at + 1);
    },
    stop: () => cancelAnimationFrame(asked),
  };
}
