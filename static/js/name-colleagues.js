// A textarea with data-mentions="/tickets/1042/colleagues/" suggests colleagues behind an @: arrows choose, Enter or Tab takes,
// Escape closes. The list stands below the field; the field stays where the focus is.

const BEGUN = /(?:^|[^\p{L}\p{N}@.+-])@([\p{L}\p{M}'’.-]*(?: [\p{L}\p{M}'’.-]*)?)$/u;
const WAIT = 120;

let open = null; // {field, list, from, choice}
let timer = null;
let asked = 0;

function begun(field) {
  if (field.selectionStart !== field.selectionEnd) return null;
  const match = BEGUN.exec(field.value.slice(0, field.selectionStart));
  return match && { text: match[1], from: field.selectionStart - match[1].length };
}

function close() {
  open?.list.remove();
  open?.field.removeAttribute("aria-activedescendant");
  open?.field.removeAttribute("aria-controls");
  open = null;
}

function choose(place) {
  const options = [...open.list.children];
  open.choice = (place + options.length) % options.length;
  for (const [index, option] of options.entries()) option.setAttribute("aria-selected", String(index === open.choice));
  open.field.setAttribute("aria-activedescendant", options[open.choice].id);
}

function take(option) {
  const { field, from } = open;
  const name = option.dataset.name;
  field.setRangeText(`${name} `, from, field.selectionStart, "end");
  close();
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function show(field, from, people) {
  close();
  if (!people.length) return;
  const list = document.getElementById("colleague-list").content.firstElementChild.cloneNode(true);
  list.id = `${field.id}-colleagues`;
  for (const [place, { name, initials }] of people.entries()) {
    const option = document.createElement("li");
    const mark = document.createElement("span");
    mark.className = "avatar";
    mark.textContent = initials;
    mark.setAttribute("aria-hidden", "true");
    option.id = `${list.id}-${place}`;
    option.setAttribute("role", "option");
    option.dataset.name = name;
    option.append(mark, name);
    list.append(option);
  }
  // Beside what is left alone by live changes.
  (document.querySelector(`[data-unsent-words="${field.id}"]`) ?? field).before(list);
  field.setAttribute("aria-controls", list.id);
  open = { field, list, from, choice: 0 };
  choose(0);
  list.scrollIntoView({ block: "nearest" });
  document.dispatchEvent(new CustomEvent("announce", { detail: people.map(({ name }) => name).join(", ") }));
}

/** More was typed while the list stands: only whom it still fits stays, so that Enter never takes another. */
function narrow(text) {
  const fits = (name) => [name, ...name.split(/\s+/)].some((part) => part.toLowerCase().startsWith(text.toLowerCase()));
  for (const option of [...open.list.children]) if (!fits(option.dataset.name)) option.remove();
  if (open.list.children.length) choose(0);
  else close();
}

async function suggest(field) {
  const found = begun(field);
  const mine = ++asked;
  if (!found || found.text.length > 40) return close();
  const answer = await fetch(`${field.dataset.mentions}?q=${encodeURIComponent(found.text)}`).catch(() => null);
  if (mine !== asked || document.activeElement !== field) return;
  if (!answer?.ok || answer.redirected) return close();
  const { people } = await answer.json();
  if (mine === asked) show(field, found.from, people);
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches("textarea[data-mentions]")) return;
  clearTimeout(timer);
  const found = begun(target);
  if (!found) return close();
  if (open?.field === target) narrow(found.text);
  timer = setTimeout(() => suggest(target), WAIT);
});

// Before anybody else: Escape closes the list and nothing more, Enter takes a name and sends nothing.
document.addEventListener(
  "keydown",
  (event) => {
    if (!open || event.target !== open.field || event.ctrlKey || event.metaKey || event.isComposing) return;
    const acts = {
      ArrowDown: () => choose(open.choice + 1),
      ArrowUp: () => choose(open.choice - 1),
      Enter: () => take(open.list.children[open.choice]),
      Tab: () => take(open.list.children[open.choice]),
      Escape: close,
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    acts[event.key]();
  },
  { capture: true },
);
document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.(".colleagues [role=option]");
  if (!option || !open) return;
  event.preventDefault();
  take(option);
});
document.addEventListener("focusout", ({ target }) => target === open?.field && close());
