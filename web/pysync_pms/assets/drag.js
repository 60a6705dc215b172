/* Dragging on a grid of days: a bar moves between lanes, its edge changes its length. Python is asked
   at every new cell (`drag`: may it go there?) and once at the end (`drop`). Mouse and pen only: on
   touch the same is done through the dialog. Escape puts the bar back. */
const FAR_ENOUGH = 4;
const EDGE = 28;

export function watchDrags(send, argsOf) {
  let held = null;

  function cellAt(event) {
    const lane = document.elementsFromPoint(event.clientX, event.clientY).find((e) => e.matches("[data-drop]"));
    const days = Math.round((event.clientX - held.x) / held.day);
    return { lane: held.edge ? held.lane : lane ?? held.over, days };
  }

  /* Near the upper or lower edge of the chart the lanes beyond come into view. */
  function followEdge(event) {
    const view = held.bar.closest("[data-drag-area]").parentElement;
    const box = view.getBoundingClientRect();
    if (event.clientY > Math.min(box.bottom, innerHeight) - EDGE) view.scrollTop += EDGE / 2;
    else if (event.clientY < box.top + EDGE * 2) view.scrollTop -= EDGE / 2;
  }

  function report(kind, cell) {
    const args = { ...argsOf(held.bar), drop: cell.lane.dataset.drop, mode: held.edge ? "edge" : "move" };
    return send({ kind, action: held.bar.dataset.drag, args, target: held.bar.id, numbers: { days: cell.days } });
  }

  function down(event) {
    dragged = false;
    const bar = event.target.closest("[data-drag]");
    const area = bar?.closest("[data-drag-area]");
    if (!area || event.button !== 0 || event.pointerType === "touch") return;
    const lane = bar.closest("[data-drop]");
    held = {
      bar, lane, over: lane, started: false, days: 0,
      x: event.clientX, y: event.clientY, pointer: event.pointerId,
      edge: Boolean(event.target.closest("[data-drag-edge]")),
      day: lane.getBoundingClientRect().width / Number(area.dataset.dragArea),
      wide: Number.parseInt(getComputedStyle(bar).getPropertyValue("--wide"), 10),
    };
  }

  function move(event) {
    if (!held) return;
    if (!held.started) {
      if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < FAR_ENOUGH) return;
      held.started = true;
      held.bar.dataset.dragging = held.edge ? "edge" : "move";
      held.bar.setPointerCapture(held.pointer);
    }
    event.preventDefault();
    followEdge(event);
    const cell = cellAt(event);
    if (cell.days === held.days && cell.lane === held.over) return;
    [held.days, held.over] = [cell.days, cell.lane];
    const { style } = held.bar;
    if (held.edge) style.setProperty("--wide", Math.max(2, held.wide + cell.days * 2));
    else {
      const down = cell.lane.getBoundingClientRect().top - held.lane.getBoundingClientRect().top;
      style.translate = `${cell.days * held.day}px ${down}px`;
    }
    held.bar.toggleAttribute("data-refused", !report("drag", cell));
  }

  function end(drop) {
    if (!held) return;
    const { bar, started, days, over, lane } = held;
    if (started) {
      const moved = days !== 0 || over !== lane;
      if (drop && moved) report("drop", { lane: over, days });
      delete bar.dataset.dragging;
      bar.removeAttribute("data-refused");
      bar.style.removeProperty("translate");
      bar.style.removeProperty("--wide");
      dragged = true;
    }
    held = null;
  }

  /* The button let go over the bar makes a click; after a drag it means nothing. */
  let dragged = false;

  function swallow(event) {
    if (!dragged) return;
    dragged = false;
    event.stopPropagation();
    event.preventDefault();
  }

  return {
    swallow,
    pointerdown: down,
    pointermove: move,
    pointerup: () => end(true),
    pointercancel: () => end(false),
    cancel() {
      const started = Boolean(held?.started);
      end(false);
      return started;
    },
  };
}
