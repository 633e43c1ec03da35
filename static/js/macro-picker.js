// <macro-picker data-src>: macros in every textarea[data-macros]. `/` at the beginning of a line or after a space, or the button
// [data-opens-macros], opens the list; typing filters, arrows choose, Enter or Tab inserts, Escape closes. The focus stays in the
// field. The server fills the placeholders in; one that it knows nothing for is selected, and a form[data-sends] waits for it.

const TRIGGER = /(?:^|\s)\/([^\s/@]{0,30})$/u;
const OPEN = /\{\s*(?:customer|ticket|agent|team|organisation)\s*\.[^{}\n]{0,40}?\s*\}/iu;
const GAP = 4; // pixels

function announce(detail) {
  document.dispatchEvent(new CustomEvent("announce", { detail }));
}

function toast(text) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "error" } }));
}

class MacroPicker extends HTMLElement {
  #field = null;
  #from = 0;
  #byButton = false;
  #asked = 0;
  #leaving = new AbortController();

  connectedCallback() {
    const { signal } = this.#leaving;
    document.addEventListener("input", ({ target }) => target.matches?.("textarea[data-macros]") && this.#look(target), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal, capture: true });
    document.addEventListener("click", (event) => this.#click(event), { signal });
    document.addEventListener("submit", (event) => this.#check(event), { signal });
    document.addEventListener("focusout", ({ target }) => target === this.#field && this.#close(), { signal });
    document.addEventListener("scroll", ({ target }) => this.#field && !this.contains(target) && this.#place(), { signal, capture: true, passive: true });
    window.addEventListener("resize", () => this.#field && this.#place(), { signal });
    // A press must not take the focus out of the field.
    this.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
    this.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
  }

  disconnectedCallback() {
    this.#leaving.abort();
    this.#leaving = new AbortController();
  }

  get #list() {
    return this.querySelector("[role=listbox]");
  }

  get #shown() {
    return [...this.#list.children].filter((option) => !option.hidden);
  }

  get #chosen() {
    return this.#list.querySelector('[aria-selected="true"]:not([hidden])');
  }

  /** What stands before the caret decides whether the list is open, and what it shows. */
  #look(field) {
    const typed = TRIGGER.exec(field.value.slice(0, field.selectionStart));
    if (!typed || field.selectionStart !== field.selectionEnd) return this.#close();
    const opening = this.#field !== field;
    this.#field = field;
    this.#from = field.selectionStart - typed[1].length - 1;
    if (opening) this.#load();
    else this.#filter(typed[1]);
  }

  async #load() {
    const asked = ++this.#asked;
    try {
      const answer = await fetch(this.dataset.src, { headers: { "HX-Request": "true" }, cache: "no-store" });
      if (!answer.ok || answer.redirected) throw new Error(`The macros answered ${answer.status}`);
      const html = await answer.text();
      if (asked !== this.#asked || !this.#field) return;
      this.#list.innerHTML = html;
    } catch {
      if (asked !== this.#asked || !this.#field) return;
      if (!this.#list.children.length) {
        if (this.#byButton) toast(this.dataset.failed);
        return this.#close();
      }
    }
    const typed = TRIGGER.exec(this.#field.value.slice(0, this.#field.selectionStart));
    this.#filter(typed?.[1] ?? "");
    if (!this.hidden) announce(`${this.#shown.length} ${this.dataset.found}`);
    else if (this.#byButton) toast(this.dataset.none);
  }

  #filter(typed) {
    const wanted = typed.toLocaleLowerCase();
    for (const option of this.#list.children) {
      const name = option.querySelector("b").textContent.toLocaleLowerCase();
      option.hidden = !option.dataset.shortcut.startsWith(wanted) && !name.includes(wanted);
    }
    const [first] = this.#shown;
    this.hidden = !first;
    this.#choose(first);
    if (!first) return;
    this.#field.setAttribute("aria-controls", this.#list.id);
    this.#field.setAttribute("aria-autocomplete", "list");
    this.#place();
  }

  #choose(option) {
    this.#chosen?.setAttribute("aria-selected", "false");
    for (const other of this.#list.children) if (other !== option) other.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.#field.setAttribute("aria-activedescendant", option.id);
    else this.#field.removeAttribute("aria-activedescendant");
  }

  /** Above the field where there is room, else over its lower part: what is being written stays in sight. */
  #place() {
    const field = this.#field.getBoundingClientRect();
    const { height } = this.getBoundingClientRect();
    const top = field.top - GAP >= height ? field.top - GAP - height : Math.min(field.bottom + GAP, window.innerHeight - height - GAP);
    this.style.insetBlockStart = `${Math.max(GAP, top)}px`;
    this.style.left = `${field.left}px`;
    this.style.inlineSize = `${Math.min(field.width, window.innerWidth - 2 * GAP)}px`;
  }

  #key(event) {
    if (!this.#field || this.hidden || event.target !== this.#field || event.isComposing) return;
    const shown = this.#shown;
    const at = shown.indexOf(this.#chosen);
    if (event.key === "ArrowDown") this.#choose(shown[(at + 1) % shown.length]);
    else if (event.key === "ArrowUp") this.#choose(shown[(at - 1 + shown.length) % shown.length]);
    else if ((event.key === "Enter" && !event.shiftKey) || (event.key === "Tab" && !event.shiftKey)) this.#insert(this.#chosen);
    else if (event.key === "Escape") this.#giveUp();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  #click(event) {
    const option = event.target.closest("[role=option]");
    if (option && this.contains(option)) return this.#insert(option);
    const button = event.target.closest("[data-opens-macros]");
    const field = button?.form?.querySelector("textarea[data-macros]");
    if (!field) return;
    field.focus();
    const before = field.value.slice(0, field.selectionEnd);
    this.#byButton = true;
    this.#field = null;
    write(field, field.selectionEnd, field.selectionEnd, /(^|\s)$/u.test(before) ? "/" : " /");
  }

  #giveUp() {
    const field = this.#field;
    if (this.#byButton) write(field, this.#from, field.selectionStart, "");
    this.#close();
  }

  #insert(option) {
    const field = this.#field;
    const from = this.#from;
    const { text } = option.dataset;
    this.#close();
    write(field, from, field.selectionStart, text);
    this.#close();
    if (!selectOpen(field, from, from + text.length)) announce(text);
  }

  #close() {
    this.#asked += 1;
    this.hidden = true;
    this.#byButton = false;
    for (const name of ["aria-activedescendant", "aria-controls", "aria-autocomplete"]) this.#field?.removeAttribute(name);
    this.#field = null;
  }

  /** What is sent has no placeholder in it. The server asks again; this only saves the trip. */
  #check(event) {
    if (!event.target.matches("form[data-sends]") || event.submitter?.matches("[data-approves]")) return;
    const field = event.target.querySelector("textarea[data-macros]");
    const still = OPEN.exec(field?.value ?? "");
    if (!still) return;
    event.preventDefault();
    field.focus();
    selectOpen(field, 0, field.value.length);
    toast(`${this.dataset.incomplete} ${still[0]}`);
  }
}

/** Selects the first open placeholder between two places, so that typing replaces it; says whether there is one. */
function selectOpen(field, from, to) {
  const still = OPEN.exec(field.value.slice(from, to));
  if (still) field.setSelectionRange(from + still.index, from + still.index + still[0].length);
  return Boolean(still);
}

/** As if it had been typed, so that the browser's own undo takes it back; it sends an input event. */
function write(field, start, end, text) {
  field.focus();
  field.setSelectionRange(start, end);
  if (document.execCommand(text ? "insertText" : "delete", false, text)) return;
  field.setRangeText(text, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

customElements.define("macro-picker", MacroPicker);
