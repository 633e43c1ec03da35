// What somebody searched for last is offered in the search field (input[type=search][list]). It stays in this browser, under
// the person's id, until [data-forgets-searches] is pressed.

const MOST = 10;
const person = document.documentElement.dataset.person;
const name = `countersign:searches:${person}`;
const field = document.querySelector("input[type=search][list]");

function recent() {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "[]");
  } catch {
    return [];
  }
}

function offer() {
  const list = recent();
  field.list?.replaceChildren(...list.map((words) => Object.assign(document.createElement("option"), { value: words })));
  for (const button of document.querySelectorAll("[data-forgets-searches]")) button.hidden = list.length === 0;
}

if (field && person) {
  offer();
  field.form.addEventListener("submit", () => {
    const words = field.value.trim();
    if (words) localStorage.setItem(name, JSON.stringify([words, ...recent().filter((other) => other !== words)].slice(0, MOST)));
  });
  document.addEventListener("click", ({ target }) => {
    if (!target.closest?.("[data-forgets-searches]")) return;
    localStorage.removeItem(name);
    offer();
    field.focus();
  });
}
