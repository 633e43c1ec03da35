// <draft-editor>: the draft in a field, what was changed word by word, and the way back to the original.
// Holds a textarea and a <word-diff>; the button [data-restore] stands anywhere in the same form.

class DraftEditor extends HTMLElement {
  #leaving = new AbortController();
  #timer = null;

  connectedCallback() {
    const { signal } = this.#leaving;
    this.addEventListener("input", () => this.#changed(), { signal });
    this.closest("form").addEventListener("click", ({ target }) => target.closest("[data-restore]") && this.restore(), { signal });
    this.#changed();
  }

  disconnectedCallback() {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    clearTimeout(this.#timer);
  }

  get #field() {
    return this.querySelector("textarea");
  }

  /** The draft again as it came. */
  restore() {
    this.#field.value = this.#field.defaultValue;
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
    this.#field.focus();
  }

  #changed() {
    const { value, defaultValue } = this.#field;
    this.closest("form").toggleAttribute("data-now-dirty", value !== defaultValue);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.querySelector("word-diff")?.show(defaultValue, value), 120);
  }
}

customElements.define("draft-editor", DraftEditor);
