/**
 * Run in a page: the yardstick of devices, a bare WebSocket on a server that sends on what it hears
 * and keeps nothing. A message is the text of a change with its value behind a space.
 */
window.bare ??= (() => {
  const now = () => performance.timeOrigin + performance.now();
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  let socket, seen, awaited;
  function open(url) {
    socket = new WebSocket(url);
    seen = new Map();
    socket.onmessage = ({ data }) => {
      const value = Number(data.slice(data.lastIndexOf(" ") + 1));
      seen.set(value, now());
      if (awaited?.value === value) awaited.resolve();
    };
    return new Promise((resolve) => (socket.onopen = () => resolve(true)));
  }
  /** Send one by one, `ms` apart; what was sent when. */
  async function paced(text, first, count, ms) {
    const sent = [];
    for (let value = first; value < first + count; value++) {
      await pause(ms);
      sent.push([value, now()]);
      socket.send(`${text} ${value}`);
    }
    return sent;
  }
  /** Send all at once; how long until the last is back. */
  async function flood(text, count) {
    seen.clear();
    const began = now();
    for (let value = 1; value <= count; value++) socket.send(`${text} ${value}`);
    await expect(count);
    return now() - began;
  }
  async function expect(value) {
    if (!seen.has(value)) await new Promise((resolve) => (awaited = { value, resolve }));
    return true;
  }
  return { open, paced, flood, expect, seen: () => [...seen] };
})();
