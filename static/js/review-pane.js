// <review-pane data-mode="review">: which part of the pane is open. A link or button with data-mode opens that part (without
// script the link asks the server for it); Escape leaves a field. Text written in a closed part stays in it.
// [data-take-new] gives up what was done in its form and shows the ticket as it is now.

class ReviewPane extends HTMLElement {
  static observedAttributes = ["data-mode"];
  #leaving = new AbortController();

  connectedCallback() {
    const { signal } = this.#leaving;
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.#escape(event), { signal });
    this.addEventListener("autosave:restored", ({ target }) => this.open(target.closest("[data-part]")?.dataset.part ?? target.closest("[data-panel]")?.dataset.panel), { signal });
    this.addEventListener("edit:outdated", (event) => this.#sayOutdated(event.target), { signal });
    document.addEventListener("key:press", (event) => this.#write(event), { signal });
    document.addEventListener("htmx:after:swap", () => this.#panel(this.dataset.nowMode) || this.#follow(), { signal });
    this.dataset.nowMode ??= this.dataset.mode;
  }

  /** The server proposes another part: follow it, unless the reader chose one or is writing. */
  attributeChangedCallback(name, before) {
    if (before !== null && this.dataset.nowMode === before && !this.querySelector("[data-keep] :focus, [data-now-dirty]")) this.#follow();
  }

  disconnectedCallback() {
    this.#leaving.abort();
    this.#leaving = new AbortController();
  }

  /** Shows one part and puts the focus where its work begins. */
  open(mode) {
    const panel = this.#panel(mode);
    if (!panel) return;
    this.dataset.nowMode = mode;
    this.dispatchEvent(new CustomEvent("pane:opened", { bubbles: true }));
    const start = panel.querySelector("[data-start]") ?? panel.querySelector("textarea");
    start?.focus({ preventScroll: true });
    start?.scrollIntoView({ block: "nearest" });
  }

  #follow() {
    this.dataset.nowMode = this.dataset.mode;
  }

  /** Writing oneself is one key away in every part, also where nothing on the screen has that key. */
  #write(event) {
    if (event.detail.key !== "r" || event.target !== document || !this.#panel("write")) return;
    event.preventDefault();
    this.open("write");
  }

  #sayOutdated(form) {
    const words = form.querySelector(".pane-outdated p")?.textContent.trim();
    if (words) document.dispatchEvent(new CustomEvent("announce", { detail: words }));
  }

  #takeNew(form) {
    form.reset();
    delete form.dataset.nowOutdated;
    for (const field of form.querySelectorAll("textarea")) field.dispatchEvent(new Event("input", { bubbles: true }));
    this.#follow();
    this.closest("live-ticket")?.refresh();
  }

  #panel(mode) {
    return mode && this.querySelector(`[data-panel~="${CSS.escape(mode)}"]`);
  }

  #click(event) {
    const giveUp = event.target.closest("[data-take-new]");
    if (giveUp) return this.#takeNew(giveUp.form);
    const opener = event.target.closest("a[data-mode], button[data-mode]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey || !this.#panel(opener.dataset.mode)) return;
    event.preventDefault();
    opener.closest("details")?.removeAttribute("open");
    this.open(opener.dataset.mode);
  }

  /** Out of the field first; a second Escape is the key of the part's way back. */
  #escape(event) {
    if (!event.target.closest("textarea, input, select")) return;
    event.preventDefault();
    this.focus({ preventScroll: true });
  }
}

customElements.define("review-pane", ReviewPane);
