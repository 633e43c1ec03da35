// <live-list data-topic="queue:todo" data-src="/queue/todo/rows/" data-seq="5120">: rows that keep themselves in order.
// A row is any child with data-ticket, data-seq and data-key. A newer seq wins, an older one never replaces a newer one.
// What is under the pointer or the focus stays where it is: rows put above it scroll away, rows taken from above leave
// their space until the pointer and the focus have gone. data-more says that further rows follow after the last one;
// data-order="descending" turns the order around; data-current marks the row of the open ticket; data-query goes into its links.
// data-asks: the list is narrowed, sorted or begins further on, so the feed only says which tickets to ask the server about
// (data-src with only=1042,1043): a row that does not belong here never slides in.

const ASK_AFTER = 100; // milliseconds, so that what comes together is asked about together
const ASK_EVERY = 400;
const ASKED_AT_ONCE = 100;
const SLIDES_FOR = 160; // milliseconds

/** Rows that are held where they were, each with the change that moved it. */
const staying = new WeakMap();

class LiveList extends HTMLElement {
  #gone = new Map();
  #unseen = new Set();
  #leaving = new AbortController();
  #announcing = null;
  #arrived = 0;
  #fetching = null;
  #asked = new Set();
  #asking = null;

  connectedCallback() {
    const { signal } = this.#leaving;
    document.addEventListener("feed:row", (event) => this.#hearRow(event.detail), { signal });
    document.addEventListener("feed:gone", (event) => this.#hearGone(event.detail), { signal });
    document.addEventListener("feed:resync", (event) => this.refresh(event.detail.seq), { signal });
    this.addEventListener("pointerleave", () => this.#release(), { signal });
    this.addEventListener("focusout", () => setTimeout(() => this.#release()), { signal });
    document.addEventListener("scroll", () => this.#see(), { signal, capture: true, passive: true });
    this.#pill?.addEventListener("click", () => this.#showNew(), { signal });
    this.rows.forEach((row) => this.#mark(row));
  }

  disconnectedCallback() {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    clearTimeout(this.#asking);
    this.#asking = null;
  }

  get rows() {
    return [...this.querySelectorAll(":scope > [data-ticket]")];
  }

  /** Fetches the list anew and takes over what it says, but no row that is older than the one shown. */
  async refresh(head) {
    this.#fetching?.abort();
    const fetching = (this.#fetching = new AbortController());
    let answer;
    try {
      answer = await fetch(this.dataset.src, { headers: { "HX-Request": "true" }, signal: fetching.signal, cache: "no-store" });
      if (!answer.ok || answer.redirected) throw new Error(`The list answered ${answer.status}`);
      this.#take(await answer.text(), head);
    } catch (error) {
      if (error.name === "AbortError") return;
      const wait = new Promise((resolve) => setTimeout(resolve, 2_000));
      if (answer === undefined || answer.status >= 500) wait.then(() => fetching === this.#fetching && this.refresh(head));
    }
  }

  /** Asks about some tickets at once: those that belong here come as rows, the others leave. */
  async #ask() {
    const asked = new Set([...this.#asked].slice(0, ASKED_AT_ONCE));
    asked.forEach((ticket) => this.#asked.delete(ticket));
    let wait = ASK_EVERY;
    try {
      const url = new URL(this.dataset.src, location.href);
      url.searchParams.set("only", [...asked].join(","));
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, cache: "no-store" });
      if (answer.ok && !answer.redirected) this.#take(await answer.text(), undefined, asked);
      else if (answer.status >= 500) throw new Error(`The list answered ${answer.status}`);
    } catch {
      asked.forEach((ticket) => this.#asked.add(ticket));
      wait = 2_000;
    }
    if (this.isConnected) this.#asking = setTimeout(() => this.#askOn(), wait);
  }

  #askOn() {
    this.#asking = null;
    if (this.#asked.size) this.#askAbout();
  }

  #askAbout(...tickets) {
    tickets.forEach((ticket) => this.#asked.add(String(ticket)));
    this.#asking ??= setTimeout(() => this.#ask(), ASK_AFTER);
  }

  #take(html, head, asked = null) {
    const page = document.createElement("template");
    page.innerHTML = html;
    const list = page.content.querySelector("live-list");
    const seq = Number(list?.dataset.seq ?? head);
    // A head below what was seen means another ledger (a restored database): nothing that was known counts.
    const anew = head !== undefined && head < Number(this.dataset.seq ?? 0);
    if (anew) this.#gone.clear();
    const fresh = [...page.content.querySelectorAll("[data-ticket]")];
    const shown = new Set(fresh.map((row) => row.dataset.ticket));
    for (const row of this.rows) {
      if (asked && !asked.has(row.dataset.ticket)) continue;
      if (!shown.has(row.dataset.ticket) && (anew || seqOf(row) <= seq)) this.#remove(row);
    }
    for (const row of fresh) {
      if (anew) delete this.#row(row.dataset.ticket)?.dataset.seq;
      this.#put(row);
    }
    if (asked) return;
    if (list) this.toggleAttribute("data-more", list.hasAttribute("data-more"));
    this.dataset.seq = seq;
  }

  #hearRow(frame) {
    if (!frame.in.includes(this.dataset.topic)) return;
    if (this.hasAttribute("data-asks")) return this.#askAbout(frame.ticket);
    const holder = document.createElement("template");
    holder.innerHTML = frame.row.trim();
    const row = holder.content.firstElementChild;
    row.dataset.seq ??= frame.seq;
    if (frame.key !== undefined) row.dataset.key = frame.key;
    this.#put(row);
  }

  #hearGone(frame) {
    if (!frame.gone.includes(this.dataset.topic)) return;
    const ticket = String(frame.ticket);
    this.#gone.set(ticket, Math.max(frame.seq, this.#gone.get(ticket) ?? 0));
    const row = this.#row(ticket);
    if (row && seqOf(row) <= frame.seq) this.#remove(row);
  }

  #put(row) {
    const { ticket } = row.dataset;
    if (seqOf(row) < (this.#gone.get(ticket) ?? 0)) return;
    const present = this.#row(ticket);
    if (present && seqOf(present) > seqOf(row)) return;
    if (present && present.dataset.key === row.dataset.key) return this.#smoothly(() => this.#morph(present, row));
    const next = this.rows.find((other) => other !== present && this.#before(row, other));
    if (!next && this.hasAttribute("data-more")) return present && this.#remove(present);

    if (present && nextRow(present) === (next ?? null)) return this.#smoothly(() => this.#morph(present, row));
    const held = this.#held();
    // A row that leaves its place above the held one, or is itself the held one, leaves its space.
    const leaves = present && held && (present === held || (precedes(present, held) && !(next && (next === held || precedes(next, held)))));
    const gap = leaves ? this.#leaveSpace(present) : null;
    const staysAt = present === held ? gap : held;
    this.#smoothly(() =>
      this.#steadily(staysAt, () => {
        move(present ?? row, this, next ?? this.#tail ?? null);
        if (present) this.#morph(present, row);
      }),
    );
    if (present) return;
    this.#mark(row);
    row.dataset.nowNew = "";
    this.#unseen.add(row);
    this.#see();
    this.#announce();
  }

  #remove(row) {
    const held = this.#held();
    const focused = row.contains(document.activeElement);
    const { rows } = this;
    const neighbour = nextRow(row) ?? rows[rows.indexOf(row) - 1];
    this.#unseen.delete(row);
    this.#smoothly(() => {
      if (held && (held === row || precedes(row, held))) this.#leaveSpace(row);
      row.remove();
    });
    if (focused) focusable(neighbour)?.focus({ preventScroll: true });
    this.#see();
  }

  #morph(present, row) {
    window.htmx.swap({ text: row.outerHTML, target: present, sourceElement: present, swap: "outerMorph" });
    this.#mark(this.#row(row.dataset.ticket));
  }

  /** What is the reader's own is known here only: a row is rendered once for everybody. */
  #mark(row) {
    const link = focusable(row);
    if (link && this.dataset.query) link.search = `?${this.dataset.query}`;
    if (row.dataset.ticket === this.dataset.current) link?.setAttribute("aria-current", "page");
    else link?.removeAttribute("aria-current");
    const person = document.documentElement.dataset.person;
    row.toggleAttribute("data-now-mine", Boolean(person) && row.dataset.assignee === person);
  }

  #before(row, other) {
    const order = compare(row.dataset.key, other.dataset.key) || Number(row.dataset.ticket) - Number(other.dataset.ticket);
    return this.dataset.order === "descending" ? order > 0 : order < 0;
  }

  #row(ticket) {
    return this.querySelector(`:scope > [data-ticket="${CSS.escape(ticket)}"]`);
  }

  // --- standing still ---

  #held() {
    const focused = document.activeElement?.closest("[data-ticket]");
    if (focused && this.contains(focused)) return focused;
    const hovered = this.querySelector(":scope > [data-ticket]:hover");
    if (hovered) return hovered;
    const scroller = this.#scroller;
    if (scroller.scrollTop <= 0) return null;
    const top = Math.max(0, scroller.getBoundingClientRect().top);
    return this.rows.find((row) => row.getBoundingClientRect().bottom > top) ?? null;
  }

  #steadily(held, change) {
    const before = held?.getBoundingClientRect().top;
    change();
    if (!held?.isConnected) return;
    const scroller = this.#scroller;
    scroller.scrollTop += held.getBoundingClientRect().top - before;
    const short = held.getBoundingClientRect().top - before;
    if (short <= 0) return;
    // Too few rows to scroll: room after the last one lets the rest move up out of sight.
    const tail = this.#tail ?? this.appendChild(space("tail"));
    const free = Math.max(0, scroller.getBoundingClientRect().bottom - this.getBoundingClientRect().bottom);
    tail.style.blockSize = `${heightOf(tail) + short + free}px`;
    scroller.scrollTop += short;
  }

  /**
   * Rows that a change gives another place slide there from where they were. They are held where they were by a transform
   * of their own first: for that nothing counts as moved, while a slide alone would come a frame too late.
   */
  #smoothly(change) {
    const screen = window.innerHeight;
    const before = new Map();
    for (const row of this.rows) {
      const { top, bottom } = row.getBoundingClientRect();
      if (bottom > -screen && top < 2 * screen) before.set(row, top);
    }
    change();
    const moved = new Map();
    for (const row of before.keys()) {
      staying.delete(row);
      row.style.transform = "";
    }
    for (const [row, top] of before) {
      const by = row.isConnected ? top - row.getBoundingClientRect().top : 0;
      if (by) moved.set(row, by);
    }
    if (!moved.size) return;
    for (const row of moved.keys()) staying.set(row, moved);
    hold(moved, 1);
    requestAnimationFrame(() => {
      hold(moved, 1); // a row that is morphed loses its style
      requestAnimationFrame((now) => slide(moved, now));
    });
    setTimeout(() => this.#see(), 2 * SLIDES_FOR);
  }

  #leaveSpace(row) {
    const gap = space("gap");
    gap.style.blockSize = `${heightOf(row)}px`;
    row.before(gap);
    return gap;
  }

  #release() {
    if (this.matches(":hover") || this.contains(document.activeElement)) return;
    const gaps = this.querySelectorAll(":scope > [data-now-space]");
    if (gaps.length) this.#smoothly(() => gaps.forEach((gap) => gap.remove()));
    this.#see();
  }

  get #tail() {
    return this.querySelector(':scope > [data-now-space="tail"]');
  }

  get #scroller() {
    for (let element = this; element; element = element.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(element).overflowY) && element !== document.body) return element;
    }
    return document.scrollingElement;
  }

  // --- what is new ---

  get #pill() {
    return this.closest("[data-list]")?.querySelector("[data-new-rows]");
  }

  #see() {
    const top = Math.max(0, this.#scroller.getBoundingClientRect().top);
    for (const row of this.#unseen) {
      if (row.getBoundingClientRect().bottom > top + 8) this.#unseen.delete(row);
    }
    const pill = this.#pill;
    if (!pill) return;
    pill.hidden = this.#unseen.size === 0;
    pill.textContent = inWords("{count} new", { count: this.#unseen.size });
  }

  #showNew() {
    this.querySelectorAll(":scope > [data-now-space]").forEach((gap) => gap.remove());
    this.#scroller.scrollTo({ top: 0 });
    this.#unseen.clear();
    this.#see();
  }

  #announce() {
    this.#arrived += 1;
    this.#announcing ??= setTimeout(() => {
      const told = { count: this.#arrived, list: this.getAttribute("aria-label") };
      const words = told.count === 1 ? inWords("1 new ticket in {list}", told) : inWords("{count} new tickets in {list}", told);
      document.dispatchEvent(new CustomEvent("announce", { detail: words }));
      this.#announcing = null;
      this.#arrived = 0;
    }, 2_000);
  }
}

function seqOf(row) {
  return Number(row.dataset.seq ?? 0);
}

/** Keys are numbers, or text that is compared as it is (ISO times, for one). */
function compare(one, other) {
  const [a, b] = [Number(one), Number(other)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Unlike offsetHeight, with the fraction of a pixel. */
function heightOf(element) {
  return element.getBoundingClientRect().height;
}

function precedes(row, other) {
  return Boolean(row.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
}

function nextRow(row) {
  let next = row.nextElementSibling;
  while (next && !next.matches("[data-ticket]")) next = next.nextElementSibling;
  return next;
}

/** moveBefore() keeps the focus of what is moved, where a browser has it. */
function move(row, list, next) {
  if (row.isConnected && list.moveBefore) list.moveBefore(row, next);
  else list.insertBefore(row, next);
}

/** Has rows stand where a change found them (1), where it put them (0) or in between. */
function hold(moved, share) {
  for (const [row, by] of moved) {
    if (staying.get(row) !== moved) continue; // it has been moved again
    row.style.transform = share ? `translateY(${by * share}px)` : "";
    if (!share) staying.delete(row);
  }
}

/** Frame by frame from here: what the compositor animates on its own counts as moved when the next change comes in between. */
function slide(moved, began, now = began) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const left = still ? 0 : Math.max(0, 1 - (now - began) / SLIDES_FOR);
  hold(moved, left ** 3);
  if (left) requestAnimationFrame((then) => slide(moved, began, then));
}

function focusable(row) {
  return row?.matches("a") ? row : row?.querySelector("a");
}

function space(kind) {
  const gap = document.createElement("div");
  gap.dataset.nowSpace = kind;
  gap.setAttribute("aria-hidden", "true");
  return gap;
}

customElements.define("live-list", LiveList);
