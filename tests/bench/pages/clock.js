/**
 * Run in a tab of either side: compares the clocks of two tabs, since each page has its own origin
 * of time. `benchClock.serve()` in one, `await benchClock.offset()` in the other: how many
 * milliseconds the other's clock is ahead, by the quickest of many round trips.
 */
window.benchClock ??= (() => {
  const now = () => performance.timeOrigin + performance.now();
  const channel = new BroadcastChannel("bench-clock");
  let waiting;
  let serving = false;
  channel.onmessage = ({ data }) => {
    if (data === "ask" && serving) channel.postMessage(now());
    else if (data !== "ask") waiting?.(data);
  };
  async function offset(rounds = 200) {
    let best = { trip: Infinity, ahead: 0 };
    const trips = [];
    for (let i = 0; i < rounds; i++) {
      const start = now();
      const answer = new Promise((resolve) => (waiting = resolve));
      channel.postMessage("ask");
      const theirs = await answer;
      const trip = now() - start;
      trips.push(trip);
      if (trip < best.trip) best = { trip, ahead: theirs - (start + trip / 2) };
    }
    waiting = undefined;
    trips.sort((a, b) => a - b);
    return { ...best, median: trips[rounds >> 1] };
  }
  return { serve: (on = true) => (serving = on), offset, now };
})();
