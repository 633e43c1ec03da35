// Desktop notices of new tickets in To do that are this person's or nobody's, while no tab of the desk is looked at. A notice shows
// number and team, never a name or a word of the customer: it may be seen on a locked screen or a projector. The browser is asked
// only when the checkbox [data-notices-switch] is ticked.

const LOOKED_AT = "countersign:looked-at";
const SETTLE = 400; // ms: another tab that is being looked at has heard the same by then
const root = document.documentElement;
const words = document.getElementById("notice-words");

function granted() {
  return "Notification" in window && Notification.permission === "granted";
}

function looking() {
  if (document.visibilityState === "visible") localStorage.setItem(LOOKED_AT, Date.now());
  return Date.now() - Number(localStorage.getItem(LOOKED_AT) ?? 0) < 2 * SETTLE;
}

function show(number, team, url) {
  const title = words.dataset.title.replace("{number}", number);
  // One for each ticket, however many tabs there are.
  const notice = new Notification(title, { body: team || words.dataset.noTeam, tag: `ticket-${number}` });
  notice.addEventListener("click", () => {
    window.open(url, "_blank", "noopener");
    notice.close();
  });
}

document.addEventListener("feed:row", ({ detail }) => {
  if (!("notices" in root.dataset) || !words || !granted()) return;
  looking();
  if (detail.kind !== "ticket.opened" || !detail.in.includes("queue:todo")) return;
  const holder = document.createElement("template");
  holder.innerHTML = detail.row.trim();
  const row = holder.content.firstElementChild;
  const { assignee } = row.dataset;
  if (assignee && assignee !== root.dataset.person) return;
  setTimeout(() => looking() || show(detail.ticket, row.dataset.team, row.querySelector("a").href), SETTLE);
});

// --- the switch ---

function tell(box) {
  const state = document.getElementById("notices-state");
  if (!("Notification" in window) || Notification.permission === "denied") state.textContent = box.dataset.blocked;
  else state.textContent = box.checked && !granted() ? box.dataset.asks : "";
}

document.addEventListener("change", async ({ target: box }) => {
  if (!box.matches("[data-notices-switch]")) return;
  if (box.checked && "Notification" in window && Notification.permission === "default") await Notification.requestPermission();
  if (box.checked && !granted()) box.checked = false;
  tell(box);
});
document.querySelectorAll("[data-notices-switch]").forEach(tell);
