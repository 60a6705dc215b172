// The heart of a tab: a dedicated worker whose ticks go on while the page is hidden and its own
// timers stand still. The name of the worker is its interval in milliseconds.
setInterval(() => postMessage(0), Number(self.name));
