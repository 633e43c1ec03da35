// Counts of views: every element with data-count="queue:todo" shows what the feed says of that topic, as the page does: up to 500+.

document.addEventListener("feed:counts", ({ detail }) => {
  for (const [topic, count] of Object.entries(detail)) {
    for (const element of document.querySelectorAll(`[data-count="${CSS.escape(topic)}"]`)) {
      element.textContent = count > 500 ? "500+" : count || "";
    }
  }
});
