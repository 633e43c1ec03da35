// j and k move through the rows of a <live-list>; r opens the row with the focus to write in it, where no ticket is open.

const BY = { j: 1, k: -1 };

document.addEventListener("key:press", (event) => {
  const list = document.querySelector("live-list");
  if (!list) return;
  if (event.detail.key === "r" && event.target === document) write(event, list);
  else if (BY[event.detail.key]) step(event, list, BY[event.detail.key]);
});

function step(event, list, by) {
  const rows = [...list.querySelectorAll(":scope > [data-ticket]")];
  if (!rows.length) return;
  event.preventDefault();
  const at = rows.indexOf(document.activeElement.closest("[data-ticket]"));
  const from = at >= 0 ? at : rows.findIndex((row) => row.dataset.ticket === list.dataset.current);
  const to = rows[from < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, from + by))];
  linkOf(to)?.focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
}

/** Beside an open ticket the key is the pane's. */
function write(event, list) {
  const link = list.querySelector("a.row-link:focus");
  if (!link || document.querySelector("review-pane")) return;
  event.preventDefault();
  const address = new URL(link.href);
  address.searchParams.set("mode", "write");
  location.assign(address);
}

function linkOf(row) {
  return row.matches("a") ? row : row.querySelector("a");
}
