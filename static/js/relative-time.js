// <time datetime data-relative="ago|wait|until">: the time as distance ("48 min ago", "2h 14m", "in 12 min"), the exact one on
// hover. "until" marks itself data-now-late when its time has passed. The server writes the exact time, for pages without script.

const EVERY = 30_000;
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];
const language = document.documentElement.lang || undefined;
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const amount = Object.fromEntries(
  UNITS.map(([unit]) => [unit, new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "narrow" })]),
);

function ago(seconds, when) {
  if (Math.abs(seconds) < 45) return relative.format(0, "second");
  if (Math.abs(seconds) > 30 * 86_400) return day.format(when);
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["minute", 60];
  const count = Math.round(seconds / size) || Math.sign(seconds);
  return relative.format(count, unit);
}

function length(seconds) {
  const rest = Math.abs(seconds);
  const [unit, size] = UNITS.find(([, size]) => rest >= size) ?? ["minute", 60];
  const whole = Math.floor(rest / size);
  const words = [amount[unit].format(whole)];
  if (unit === "hour" && whole < 10) {
    const minutes = Math.floor((rest % 3_600) / 60);
    if (minutes) words.push(amount.minute.format(minutes));
  }
  return words.join(" ");
}

function show(element) {
  const when = new Date(element.dateTime);
  if (Number.isNaN(when.getTime())) return;
  const seconds = (when.getTime() - Date.now()) / 1_000;
  const kind = element.dataset.relative;
  if (kind === "until") element.toggleAttribute("data-now-late", seconds < 0);
  const words = kind === "ago" || !kind ? ago(seconds, when) : length(seconds);
  if (element.textContent !== words) element.textContent = words;
  element.title = exact.format(when);
}

function showAll(root = document) {
  root.querySelectorAll?.("time[data-relative]").forEach(show);
}

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) {
      if (node.matches?.("time[data-relative]")) show(node);
      else showAll(node);
    }
  }
}).observe(document.documentElement, { childList: true, subtree: true });
document.addEventListener("htmx:after:swap", () => showAll());
document.addEventListener("visibilitychange", () => showAll());
setInterval(showAll, EVERY);
showAll();
