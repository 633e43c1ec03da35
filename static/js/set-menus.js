// <details class="set-menu">: opened by its key or by Enter, the focus goes to where its work begins, the arrows move it, and it
// returns to where it was when the menu closes. Of a ticket's menus and those for selected rows, the key opens the one at hand.

let cameFrom = null;

const menuOf = (element) => element.closest?.("details.set-menu");
const placesOf = (menu) => [...menu.querySelectorAll(".menu-body :is(button, input)")];

document.addEventListener("key:press", (event) => {
  const menu = menuOf(event.target);
  if (!menu) return;
  const own = document.querySelector(`live-ticket .set-menu [data-key="${CSS.escape(event.detail.key)}"]`);
  // With a ticket open, the keys are the ticket's, unless the reader is in the list.
  if (own && own !== event.target && !document.activeElement.closest("[data-list]")) {
    event.preventDefault();
    cameFrom = document.activeElement;
    own.click();
  } else if (!menu.open) {
    cameFrom = document.activeElement;
  }
});

document.addEventListener(
  "toggle",
  ({ target: menu }) => {
    if (!menu.matches?.("details.set-menu")) return;
    const focused = document.activeElement;
    if (menu.open) {
      if (!cameFrom && !menu.querySelector("summary").matches(":focus-visible")) return;
      const start = menu.querySelector("[data-start]") ?? menu.querySelector('.menu-body [aria-current="true"]') ?? placesOf(menu)[0];
      start?.focus();
    } else if (focused === document.body || menu.contains(focused)) {
      (cameFrom?.isConnected ? cameFrom : menu.querySelector("summary")).focus({ preventScroll: true });
      cameFrom = null;
    } else if (!document.querySelector("details.set-menu[open]")) {
      cameFrom = null;
    }
  },
  { capture: true },
);

document.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const menu = by && menuOf(event.target);
  if (!menu?.open || event.target.matches("input")) return;
  event.preventDefault();
  const places = placesOf(menu);
  const at = places.indexOf(event.target);
  places[at < 0 ? 0 : (at + by + places.length) % places.length]?.focus();
});

// What was written in a menu stays in it until it was sent.
document.addEventListener("in-place:done", ({ detail }) => menuOf(detail.submitter ?? document.activeElement)?.removeAttribute("open"));
