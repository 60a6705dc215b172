/* What was half typed in a form waits while the form is away: another record was opened, another
   screen. `data-draft` names what the form is about, so no text reaches another record. */
const KEPT_AT_MOST = 60; // fields; the oldest is forgotten
const kept = new Map();

export const draftName = (form) => form.getAttribute("data-draft");

const keyOf = (form, control) => `${draftName(form)}\n${control.name}`;

export function keepTyped(form, control, value) {
  if (!draftName(form)) return;
  kept.delete(keyOf(form, control));
  kept.set(keyOf(form, control), value);
  if (kept.size > KEPT_AT_MOST) kept.delete(kept.keys().next().value);
}

export function takeTyped(form, control) {
  const key = keyOf(form, control);
  const found = kept.get(key);
  kept.delete(key);
  return found;
}
