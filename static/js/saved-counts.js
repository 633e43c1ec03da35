// Counts of saved views ([data-saved-counts] says where they are told): asked for after the page is there, and again, at most
// every five seconds, when the feed says that something moved between views. A count that is not known is not shown.

const EVERY = 5_000; // milliseconds

let waiting = null;

async function count() {
  const url = document.querySelector("[data-saved-counts]")?.dataset.savedCounts;
  if (!url || document.hidden) return;
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    for (const [view, words] of Object.entries(await answer.json())) {
      for (const element of document.querySelectorAll(`[data-count="${CSS.escape(view)}"]`)) element.textContent = words;
    }
  } catch {
    // The next change asks again.
  }
}

document.addEventListener("feed:counts", () => {
  waiting ??= setTimeout(() => {
    waiting = null;
    count();
  }, EVERY);
});
document.addEventListener("visibilitychange", () => document.hidden || waiting || count());
count();
