// <live-feed data-url data-follow="queue:todo ticket:1042" data-seq>: the page's one socket, and the badge that says how it is.
// Tells the page by events on document: feed:row, feed:gone, feed:ticket, feed:counts, feed:presence, feed:resync, feed:state.
// Hears feed:say, whose detail goes to the server as it is ({viewing}, {typing}).

const PING_EVERY = 20_000;
const ANSWER_WITHIN = 8_000;
const WATCH_EVERY = 2_000;
const SLEPT_AFTER = 8_000;
const AWAKE_ANSWER_WITHIN = 3_000;
const LONGEST_WAIT = 15_000;
const OFFLINE_AFTER = 10_000;
const QUIET_IS_LIVE_AFTER = 1_500;
const WORDS = { connecting: inWords("Connecting…"), live: inWords("Live"), reconnecting: inWords("Reconnecting…") };
const REFUSALS = {
  4403: { why: inWords("Offline: this address may not connect"), wait: 60_000 },
  4429: { why: inWords("Offline: too many open tabs"), wait: 30_000 },
};

class LiveFeed extends HTMLElement {
  #socket = null;
  #seq = null;
  #attempts = 0;
  #pings = 0;
  #answers = false;
  #lostAt = null;
  #refused = 0;
  #timers = {};
  #watchedAt = 0;
  #leaving = new AbortController();

  connectedCallback() {
    this.#seq = this.dataset.seq ? Number(this.dataset.seq) : null;
    const { signal } = this.#leaving;
    document.addEventListener("feed:say", (event) => this.#say(event.detail), { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#ping(), { signal });
    window.addEventListener("online", () => this.#connect(), { signal });
    window.addEventListener("offline", () => this.#lose(1006), { signal });
    // An open socket keeps a page out of the back-forward cache.
    window.addEventListener("pagehide", () => this.#drop(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.#connect(), { signal });
    this.#show("connecting");
    this.#connect();
  }

  disconnectedCallback() {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    this.#drop();
  }

  get topics() {
    return (this.dataset.follow ?? "").split(/\s+/).filter(Boolean);
  }

  #connect() {
    this.#drop();
    const url = new URL(this.dataset.url ?? "/ws/feed/", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = (this.#socket = new WebSocket(url));
    socket.addEventListener("open", () => this.#opened(socket));
    socket.addEventListener("message", (event) => socket === this.#socket && this.#hear(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => socket === this.#socket && this.#lose(event.code));
    this.#timers.open = setTimeout(() => this.#lose(1006), ANSWER_WITHIN);
  }

  #opened(socket) {
    if (socket !== this.#socket) return;
    clearTimeout(this.#timers.open);
    this.#say({ follow: this.topics, language: document.documentElement.lang, ...(this.#seq === null ? {} : { after: this.#seq }) });
    this.#ping();
    // A refusal (4401, 4403) comes right after the opening: the badge waits for it before it says Live.
    this.#timers.quiet = setTimeout(() => this.#show("live"), QUIET_IS_LIVE_AFTER);
    this.#timers.ping = setInterval(() => this.#ping(), PING_EVERY);
    this.#watchedAt = Date.now();
    this.#timers.watch = setInterval(() => this.#watch(), WATCH_EVERY);
  }

  #hear(frame) {
    clearTimeout(this.#timers.answer);
    clearTimeout(this.#timers.quiet);
    if (frame.pong !== undefined) this.#answers = true;
    this.#attempts = this.#refused = 0;
    this.#lostAt = null;
    this.#show("live");
    if (frame.resync) {
      this.#seq = frame.seq;
      this.#tell("resync", { seq: frame.seq });
      return;
    }
    if (frame.presence) this.#tell("presence", frame.presence);
    if (frame.seq === undefined) return;
    this.#seq = Math.max(this.#seq ?? 0, frame.seq);
    if (frame.gone?.length) this.#tell("gone", frame);
    if (frame.row !== undefined && frame.in?.length) this.#tell("row", frame);
    if (frame.ticket !== undefined) this.#tell("ticket", frame);
    if (frame.counts) this.#tell("counts", frame.counts);
  }

  #say(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #ping(within = ANSWER_WITHIN) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#say({ ping: ++this.#pings });
    clearTimeout(this.#timers.answer);
    // A socket whose other end is gone without a word never closes by itself.
    if (this.#answers) this.#timers.answer = setTimeout(() => this.#lose(1006), within);
  }

  /** After a computer slept, its sockets look open and mostly are not: what is live is asked before it is said again. */
  #watch() {
    const slept = Date.now() - this.#watchedAt > SLEPT_AFTER;
    this.#watchedAt = Date.now();
    if (!slept) return;
    this.#ping(AWAKE_ANSWER_WITHIN);
    // A tab in the background is only slow: its timers run once a minute, and nobody reads its badge.
    if (this.#answers && document.visibilityState === "visible") this.#show("connecting");
  }

  #lose(code) {
    this.#drop();
    this.#lostAt ??= Date.now();
    // 4401 is also said when rights changed: the next try tells that apart from having been signed out.
    if (code === 4401) {
      if (++this.#refused > 1) return this.#show("signed-out");
      this.#seq = null; // what may be seen is another list now: it begins anew, without what is nobody's to see here
    }
    const refusal = REFUSALS[code];
    const wait = refusal?.wait ?? Math.min(LONGEST_WAIT, 500 * 2 ** this.#attempts) * (0.5 + Math.random() / 2);
    this.#attempts += 1;
    if (refusal) this.#show("offline", refusal.why);
    else if (!navigator.onLine) this.#show("offline", inWords("Offline: no network"));
    else if (Date.now() - this.#lostAt > OFFLINE_AFTER) this.#show("offline", inWords("Offline: the desk does not answer"));
    else this.#show("reconnecting");
    this.#timers.retry = setTimeout(() => this.#connect(), wait);
  }

  #drop() {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #show(state, words = WORDS[state]) {
    if (this.dataset.nowState === state && state !== "offline") return;
    this.dataset.nowState = state;
    if (state === "signed-out") {
      const link = document.createElement("a");
      link.href = `${this.dataset.signIn ?? "/accounts/login/"}?next=${encodeURIComponent(location.pathname + location.search)}`;
      link.textContent = inWords("Sign in again");
      this.replaceChildren(`${inWords("You are signed out.")} `, link);
    } else if (this.textContent !== words) {
      this.textContent = words;
    }
    this.#tell("state", { state });
  }

  #tell(name, detail) {
    document.dispatchEvent(new CustomEvent(`feed:${name}`, { detail }));
  }
}

customElements.define("live-feed", LiveFeed);
