/**
 * Run in a tab of the hotel that shows the tape chart: finds what a hand can drag where, and says
 * when a stay stands where it was let go. A place is { bar, lane, at, wide }: ids, and half columns.
 */
window.benchHands ??= (() => {
  const MARGIN = 64; // nearer to an edge the chart scrolls while one drags
  const HURRY_MS = 10_000;

  const half = (element, name) =>
    Number([...element.classList].find((each) => each.startsWith(`${name}-`))?.slice(name.length + 1));
  const spanOf = (bar) => ({ at: half(bar, "at"), wide: half(bar, "wide") });
  const middle = (box) => box.top + box.height / 2;

  function lanesInSight() {
    const view = document.getElementById("chart-wrap").getBoundingClientRect();
    const [top, bottom] = [view.top + MARGIN, Math.min(view.bottom, innerHeight) - MARGIN / 2];
    return [...document.querySelectorAll("#chart-lanes > .tape-lane:not([id^=lane-unassigned])")].filter((lane) => {
      const y = middle(lane.getBoundingClientRect());
      return y > top && y < bottom;
    });
  }

  /* The same ones, beginning elsewhere. */
  function turned(all, turn) {
    const by = (turn * 7) % Math.max(1, all.length);
    return [...all.slice(by), ...all.slice(0, by)];
  }

  function isFree(lane, at, wide) {
    const others = [...lane.querySelectorAll(".bar")].map(spanOf);
    return others.every((other) => other.at + other.wide <= at || at + wide <= other.at);
  }

  /* Where a hand takes the bar, if nothing lies over it. */
  function grip(bar) {
    const box = bar.getBoundingClientRect();
    const [x, y] = [box.left + 12, middle(box)];
    return bar.contains(document.elementFromPoint(x, y)) ? { x, y } : null;
  }

  function reachable(lane, x) {
    return lane.contains(document.elementFromPoint(x, middle(lane.getBoundingClientRect())));
  }

  /* A stay that has not begun and a free place for it; another one with each `turn`. It stops at the
     first: the search is a task of the page, too. */
  function pick(turn) {
    const lanes = turned(lanesInSight(), turn);
    const bars = turned([...document.querySelectorAll("#chart-lanes .bar-booked[data-drag]:not(.cut-left, .cut-right)")], turn);
    for (const bar of bars) {
      const held = lanes.includes(bar.closest(".tape-lane")) ? grip(bar) : null;
      const found = held && roomFor(bar, held, lanes);
      if (found) return found;
    }
    throw new Error("no stay in sight can be moved");
  }

  function roomFor(bar, held, lanes) {
    const track = bar.closest(".tape-track");
    const days = Number(document.getElementById("chart").dataset.dragArea);
    const day = track.getBoundingClientRect().width / days;
    const { at, wide } = spanOf(bar);
    for (const lane of lanes) {
      for (const by of [1, -1, 2, 0]) {
        const to = at + 2 * by;
        if (lane.contains(bar) || to < 2 * half(track, "today") + 2 || to + wide > 2 * days) continue;
        const x = held.x + by * day;
        if (!isFree(lane, to, wide) || !reachable(lane, x)) continue;
        return { place: { bar: bar.id, lane: lane.id, at: to, wide }, from: held, x };
      }
    }
    return null;
  }

  /* The height to let go at now: lanes above may have come or gone. */
  const aim = ({ lane }) => middle(document.getElementById(lane).getBoundingClientRect());

  function stands({ bar, lane, at, wide }) {
    const found = document.getElementById(bar);
    if (!found || found.closest(".tape-lane").id !== lane) return false;
    const span = spanOf(found);
    return span.at === at && span.wide === wide && !found.dataset.dragging && !found.style.translate;
  }

  const frame = () => new Promise(requestAnimationFrame);

  /* Until the stay stands there in a frame that is drawn; answers when that was. */
  async function stood(place) {
    const end = performance.now() + HURRY_MS;
    while (performance.now() < end) {
      if (stands(place)) return frame();
      await frame();
    }
    const bar = document.getElementById(place.bar);
    const told = [...document.querySelectorAll(".toast")].map((each) => each.innerText).join("; ");
    const now = bar ? `${bar.closest(".tape-lane").id} ${bar.className}` : "nowhere";
    throw new Error(`${JSON.stringify(place)} is ${now}; the page says: ${told}`);
  }

  /* Call before letting go; `await benchHands.drop` is the time from there until it stands. */
  function watch(place) {
    benchHands.drop = new Promise((resolve, reject) => {
      const let_go = ({ timeStamp }) => stood(place).then((at) => resolve(at - timeStamp), reject);
      addEventListener("pointerup", let_go, { capture: true, once: true });
    });
  }

  return { pick, aim, stands, stood, watch, drop: null };
})();
