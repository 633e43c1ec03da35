// <command-palette>: Ctrl/Cmd K, or the button [data-opens-palette]. Everything that the page offers, by name: its buttons and acts,
// the views, the places of the header and the menu; `#1042` opens a ticket, any other words can be searched for. It reads what there
// is from the page at every key, so that it never gets out of date. What wants the whole draft to have been read wants it here, too.

const ACTS = "button, a.btn, a.menu-item, a[data-mode], .top-nav a";
const MOST = 60;

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** What a button or link is called, without its key. */
function nameOf(element) {
  const label = element.getAttribute("aria-label");
  if (label) return label;
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, svg, [aria-hidden=true]").forEach((part) => part.remove());
  return copy.textContent.replace(/\s+/g, " ").trim();
}

/** At hand now; what a closed menu holds is, too. */
function usable(element) {
  const menu = element.closest("details.menu");
  if (element.matches(":disabled") || element.closest("dialog, [data-palette-skip], #toasts .toast-note > [data-dismiss]")) return false;
  return (menu && !menu.open ? menu : element).checkVisibility({ visibilityProperty: true });
}

class CommandPalette extends HTMLElement {
  #views = null;
  #items = [];
  #at = 0;
  #leaving = new AbortController();

  connectedCallback() {
    const { signal } = this.#leaving;
    document.addEventListener("keydown", (event) => this.#hotkey(event), { signal, capture: true });
    document.addEventListener("click", ({ target }) => target.closest("[data-opens-palette]") && this.open(), { signal });
    this.#field.addEventListener("input", () => this.#show(), { signal });
    this.#field.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.#list.addEventListener("click", ({ target }) => this.#run(this.#items[Number(target.closest("[role=option]")?.dataset.at)]), { signal });
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
  }

  disconnectedCallback() {
    this.#leaving.abort();
    this.#leaving = new AbortController();
  }

  get #dialog() {
    return this.querySelector("dialog");
  }

  get #field() {
    return this.querySelector("input");
  }

  get #list() {
    return this.querySelector("[role=listbox]");
  }

  open() {
    document.querySelectorAll("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
    this.#field.value = "";
    this.#dialog.showModal();
    this.#field.focus();
    this.#show();
    this.#loadViews();
  }

  #hotkey(event) {
    if (event.key?.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (event.repeat || (!this.#dialog.open && document.querySelector("dialog:modal"))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.#dialog.open) this.#dialog.close();
    else this.open();
  }

  /** A page without the column of views has them from the queue's. */
  async #loadViews() {
    if (this.#views || document.querySelector(".views a")) return;
    try {
      const answer = await fetch(this.dataset.queue);
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.#views = [...page.querySelectorAll(".views a")];
      if (this.#dialog.open) this.#show();
    } catch {
      // Offline: what the page itself offers is all that can be done.
    }
  }

  #gather(wanted) {
    const items = [];
    const ticket = /^#?(\d{1,15})$/.exec(wanted);
    if (ticket) items.push({ name: this.dataset.ticket.replace("{number}", `#${ticket[1]}`), kind: "", url: `/tickets/${ticket[1]}/`, always: true });
    const offered = [...document.querySelectorAll(ACTS)].filter(usable);
    for (const element of offered) {
      const kind = element.closest(".top-nav, .top .menu") ? this.dataset.place : this.dataset.act;
      items.push({ name: nameOf(element), kind, element, key: element.querySelector("kbd")?.textContent });
    }
    const views = document.querySelectorAll(".views a");
    for (const link of views.length ? views : (this.#views ?? [])) {
      items.push({ name: (link.querySelector(".cut") ?? link).textContent.trim(), kind: this.dataset.view, url: link.getAttribute("href") });
    }
    if (wanted) {
      const url = `${this.dataset.search}?q=${encodeURIComponent(wanted)}`;
      items.push({ name: this.dataset.find.replace("{words}", wanted), kind: "", url, always: true });
    }
    const names = new Set();
    return items.filter(({ name, kind }) => name && !names.has(`${kind} ${name}`) && names.add(`${kind} ${name}`));
  }

  #show() {
    const wanted = this.#field.value.trim();
    const words = fold(wanted).split(/\s+/).filter(Boolean);
    const fits = ({ name, kind, always }) => always || words.every((word) => fold(`${name} ${kind}`).includes(word));
    const first = ({ name, always }) => !always && words.length && fold(name).startsWith(words[0]);
    const found = this.#gather(wanted).filter(fits);
    // A number is a ticket before all else; then what can be done here, the views, other pages; of these first what begins so.
    const ticket = found.filter(({ url, always }) => always && url.startsWith("/tickets/"));
    const order = [this.dataset.act, this.dataset.view, this.dataset.place, ""];
    const rest = found.filter((item) => !ticket.includes(item)).sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
    this.#items = [...ticket, ...rest.filter(first), ...rest.filter((item) => !first(item))].slice(0, MOST);
    this.#list.replaceChildren(...this.#items.map((item, at) => this.#option(item, at)));
    this.querySelector("[role=status]").textContent = `${this.#items.length} ${this.dataset.found}`;
    this.#choose(0);
  }

  #option({ name, kind, key }, at) {
    const option = this.querySelector("template").content.firstElementChild.cloneNode(true);
    option.id = `palette-${at}`;
    option.dataset.at = at;
    option.querySelector("[data-name]").textContent = name;
    option.querySelector("[data-kind]").textContent = kind;
    const hint = option.querySelector("kbd");
    if (key) hint.textContent = key;
    else hint.remove();
    return option;
  }

  #choose(at) {
    const options = [...this.#list.children];
    this.#at = options.length ? (at + options.length) % options.length : 0;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === this.#at)));
    const chosen = options[this.#at];
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.#field.setAttribute("aria-activedescendant", chosen.id);
    else this.#field.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") this.#choose(this.#at + 1);
    else if (event.key === "ArrowUp") this.#choose(this.#at - 1);
    else if (event.key === "Enter" && !event.repeat) this.#run(this.#items[this.#at]);
    else if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
  }

  #run(item) {
    if (!item) return;
    if (item.element && !(item.element.isConnected && usable(item.element))) return this.#show();
    this.#dialog.close();
    if (item.url) return void location.assign(item.url);
    const { element } = item;
    const asking = new CustomEvent("key:press", { detail: { key: element.dataset.key }, bubbles: true, cancelable: true });
    if (element.dataset.key && !element.dispatchEvent(asking)) return;
    element.click();
  }
}

customElements.define("command-palette", CommandPalette);
