// A half-written edit survives every live change. An element with an id and data-keep whose fields differ from what the server
// sent, or that holds the focus in a text field, is left alone by every morph; where the new page has no place for it, it moves
// into [data-kept-slot]. Open details, dialogs and everything named data-now-* are the reader's, too.

const FIELDS = "input, textarea, select";

function dirty(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.type === "hidden") return false;
  if (field.matches("select")) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

function writing(element) {
  const focused = document.activeElement;
  return focused?.matches("textarea, input:not([type=radio], [type=checkbox]), select") && element.contains(focused);
}

/** Whether the reader has put something in here that a refresh would take away. */
function kept(element) {
  return element.matches("[data-keep][id]") && (writing(element) || [...element.querySelectorAll(FIELDS)].some(dirty));
}

/** What a form would do, and about which state of the ticket: its address, and what it carries unseen. */
function about(form) {
  const carried = [...form.querySelectorAll("input[type=hidden]:not([name=csrfmiddlewaretoken])")];
  return [form.getAttribute("action"), ...carried.map(({ name, value }) => `${name}=${value}`)].join(" ");
}

/** Gives every kept element a place in the incoming page, so that the morph finds it there and passes over it. */
function makeRoom(target, incoming) {
  for (const element of target.querySelectorAll("[data-keep][id]")) {
    if (!kept(element)) {
      delete element.dataset.nowOutdated;
      continue;
    }
    const twin = incoming.querySelector(`#${CSS.escape(element.id)}`);
    const outdated = !twin || about(twin) !== about(element);
    // A ticked answer to a draft that is gone means nothing any more; written text does.
    if (!twin && !writing(element) && ![...element.querySelectorAll("textarea")].some(dirty)) continue;
    if (!twin) {
      const place = document.createElement(element.tagName);
      place.id = element.id;
      (incoming.querySelector("[data-kept-slot]") ?? incoming).append(place);
    }
    if (outdated && !("nowOutdated" in element.dataset)) {
      element.dataset.nowOutdated = twin ? "changed" : "gone";
      element.dispatchEvent(new CustomEvent("edit:outdated", { bubbles: true }));
    }
  }
}

/** A text that came back from a refusal counts as not sent: what the server had is in data-original. */
function comeBack() {
  for (const field of document.querySelectorAll("textarea[data-original]")) {
    const { value } = field;
    field.defaultValue = field.dataset.original;
    field.value = value;
    field.removeAttribute("data-original");
  }
}

let focus = null;
let scrolled = [];

document.addEventListener("htmx:before:swap", ({ detail }) => {
  const field = document.activeElement;
  focus = field?.matches("textarea, input, select") ? { field, start: field.selectionStart, end: field.selectionEnd } : null;
  const inside = [...document.querySelectorAll("[data-keep][id]")].filter(kept).flatMap((element) => [...element.querySelectorAll("*")]);
  scrolled = inside.filter(({ scrollTop }) => scrollTop > 0).map((element) => ({ element, top: element.scrollTop }));
  for (const { target, fragment, swapSpec } of detail.tasks) {
    if (swapSpec.style.endsWith("Morph") && target instanceof Element) makeRoom(target, fragment);
  }
});

document.addEventListener("htmx:after:swap", () => {
  comeBack();
  // What is moved may lose its place, and in a browser without moveBefore() its focus, too.
  if (focus?.field.isConnected && document.activeElement !== focus.field) {
    focus.field.focus({ preventScroll: true });
    if (focus.start !== null) focus.field.setSelectionRange(focus.start, focus.end);
  }
  for (const { element, top } of scrolled) if (element.scrollTop !== top) element.scrollTop = top;
});

window.htmx.registerExtension("keep-edits", {
  htmx_before_morph_node: (element, { newNode }) => {
    if (!(element instanceof Element)) return true;
    if (element.matches("time[data-relative]")) return element.dateTime !== newNode.getAttribute("datetime");
    if (element.matches(FIELDS) && (dirty(element) || document.activeElement === element)) return false;
    return !kept(element);
  },
  htmx_before_morph_attr: (element, { attrName }) => !(attrName === "open" && element.matches("details, dialog")),
});

comeBack();
