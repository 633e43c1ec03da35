// <details class="set-menu">: opened by its key or by Enter, the focus goes to where its work begins, the arrows move it, and it
// returns to where it was when the menu closes. Of a ticket's menus and those for selected rows, the key opens the one at hand.

const cameFrom = new WeakMap();

const menuOf = (element) => element.closest?.("details.set-menu");
const placesOf = (menu) => [...menu.querySelectorAll(".menu-body :is(button, input)")];

/** Opened by its key: at once, so that what is typed next goes where it should. */
function open(menu) {
  cameFrom.set(menu, document.activeElement);
  for (const other of document.querySelectorAll("details.menu[open]")) other.removeAttribute("open");
  menu.open = true;
  start(menu);
}

function start(menu) {
  (menu.querySelector("[data-start]") ?? menu.querySelector('.menu-body [aria-current="true"]') ?? placesOf(menu)[0])?.focus();
}

/** Back to where the reader was; nowhere, if that was nowhere. */
function goBack(menu) {
  const before = cameFrom.get(menu);
  cameFrom.delete(menu);
  if (before === document.body) document.activeElement.blur();
  else (before?.isConnected ? before : menu.querySelector("summary")).focus({ preventScroll: true });
}

document.addEventListener("key:press", (event) => {
  // Escape closes the menu (menus.js) and nothing else with it.
  if (event.detail.key === "Escape" && document.querySelector("details.set-menu[open]")) return event.preventDefault();
  if (!menuOf(event.target)) return;
  const own = document.querySelector(`live-ticket .set-menu [data-key="${CSS.escape(event.detail.key)}"]`);
  // With a ticket open, the keys are the ticket's, unless the reader is in the list.
  const meant = own && !document.activeElement.closest("[data-list]") ? own : event.target;
  event.preventDefault();
  if (!meant.matches("summary")) meant.click();
  else if (menuOf(meant).open) menuOf(meant).removeAttribute("open");
  else open(menuOf(meant));
});

document.addEventListener(
  "toggle",
  ({ target: menu }) => {
    if (!menu.matches?.("details.set-menu")) return;
    const focused = document.activeElement;
    if (menu.open) {
      if (!cameFrom.has(menu) && menu.querySelector("summary").matches(":focus-visible")) start(menu);
    } else if (focused === document.body || menu.contains(focused)) {
      goBack(menu);
    } else {
      cameFrom.delete(menu);
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
