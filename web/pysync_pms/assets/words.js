/* The few words that the page's side says by itself; Python gives them in the user's language. */
export const words = {
  notices: "Notices",
  more: "and {n} more",
  settled: "Settled at another desk",
};

export function speak(given) {
  Object.assign(words, given);
  document.getElementById("toasts")?.setAttribute("aria-label", words.notices);
}
