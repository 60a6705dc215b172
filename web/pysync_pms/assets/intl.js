/* The browser's Intl behind four plain functions; formatters are made once per language and form. */
const made = new Map();

function formatter(Kind, locale, options) {
  const key = Kind.name + locale + JSON.stringify(options);
  let found = made.get(key);
  if (!found) {
    try {
      found = new Kind(locale, options);
    } catch {
      found = new Kind("en-GB", options);
    }
    made.set(key, found);
  }
  return found;
}

const dayForms = {
  short: { day: "numeric", month: "short" },
  medium: { day: "numeric", month: "short", year: "numeric" },
  long: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  weekday: { weekday: "short" },
  day: { day: "numeric" },
  month: { month: "short" },
};

export const formatting = {
  day(locale, iso, style) {
    const [year, month, day] = iso.split("-").map(Number);
    const options = { ...dayForms[style], timeZone: "UTC" };
    return formatter(Intl.DateTimeFormat, locale, options).format(Date.UTC(year, month - 1, day));
  },
  moment(locale, epochMs, seconds, day) {
    const options = { hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined };
    if (day) Object.assign(options, dayForms.short);
    return formatter(Intl.DateTimeFormat, locale, options).format(epochMs);
  },
  number(locale, value, digits) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return formatter(Intl.NumberFormat, locale, options).format(value);
  },
  money(locale, value, currency, digits) {
    const options = { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits };
    return formatter(Intl.NumberFormat, locale, options).format(value);
  },
  relative(locale, amount, unit) {
    return formatter(Intl.RelativeTimeFormat, locale, { numeric: "auto" }).format(amount, unit);
  },
};
