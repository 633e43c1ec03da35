// <file-field data-what="reply" data-keep-at data-remove-at data-largest>: files beside what its form will send. They are uploaded as
// soon as they are chosen, dropped on the form or pasted into it, so that they survive a reload; the form names them by id.
// Fields for the same text (the draft and one's own reply) show the same files: each tells the others by a "files:changed" event.

const UNITS = ["byte", "kilobyte", "megabyte"];

function inBytes(size) {
  const power = size < 1024 ? 0 : size < 1024 ** 2 ? 1 : 2;
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: UNITS[power], unitDisplay: power ? "short" : "long", maximumFractionDigits: 1 });
  return format.format(size / 1024 ** power);
}

function say(words) {
  document.dispatchEvent(new CustomEvent("announce", { detail: words }));
}

function copy(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

class FileField extends HTMLElement {
  #leaving = new AbortController();
  #waiting = [];
  #going = null;

  connectedCallback() {
    const { signal } = this.#leaving;
    const form = this.closest("form");
    this.#held.querySelectorAll("[data-remove]").forEach((button) => (button.hidden = false));
    this.#input.addEventListener("change", () => this.#chosen(), { signal });
    this.addEventListener("click", ({ target }) => this.#click(target), { signal });
    form.addEventListener("paste", (event) => this.#paste(event), { signal });
    form.addEventListener("dragover", (event) => this.#over(event, form), { signal });
    form.addEventListener("dragleave", ({ relatedTarget }) => form.contains(relatedTarget) || delete form.dataset.nowDropping, { signal });
    form.addEventListener("drop", (event) => this.#drop(event, form), { signal });
    form.addEventListener("submit", (event) => this.#mayLeave(event), { signal });
    document.addEventListener("files:changed", ({ detail }) => detail.what === this.dataset.what && this.#show(detail.files), { signal });
  }

  disconnectedCallback() {
    this.#leaving.abort();
    this.#leaving = new AbortController();
  }

  get #input() {
    return this.querySelector("input[type=file]");
  }

  get #held() {
    return this.querySelector("[data-held]");
  }

  get #place() {
    return this.querySelector("[data-going]");
  }

  #chosen() {
    const files = [...this.#input.files];
    this.#input.value = "";
    this.#add(files);
  }

  #paste(event) {
    const { files, types } = event.clipboardData;
    // What a word processor copies is text and a picture of it: the text is meant.
    if (!files.length || types.includes("text/plain")) return;
    event.preventDefault();
    this.#add([...files]);
  }

  #over(event, form) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    form.dataset.nowDropping = "";
  }

  #drop(event, form) {
    delete form.dataset.nowDropping;
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    this.#add([...event.dataTransfer.files]);
  }

  #add(files) {
    for (const file of files) {
      // The desk would say the same, after ten megabytes.
      if (file.size > Number(this.dataset.largest)) this.#wrong(inWords("{name} is larger than 10 MB.", { name: file.name }));
      else this.#waiting.push({ file, note: this.#note(file) });
    }
    this.#next();
  }

  #note(file) {
    const note = copy("file-going");
    note.querySelector(".file-name").textContent = file.name;
    this.#place.append(note);
    return note;
  }

  /** One file after the other. */
  #next() {
    if (this.#going || !this.#waiting.length) return;
    const { file, note } = this.#waiting.shift();
    if (!note.isConnected) return this.#next();
    const request = new XMLHttpRequest();
    this.#going = request;
    request.upload.addEventListener("progress", ({ loaded, total }) => (note.querySelector("progress").value = loaded / total));
    request.addEventListener("loadend", () => this.#ended(request, file, note));
    note.querySelector("[data-stop]").addEventListener("click", () => request.abort());
    const body = new FormData();
    body.set("what", this.dataset.what);
    body.set("upload", file);
    this.#send(request, this.dataset.keepAt, body);
  }

  #send(request, address, body) {
    request.open("POST", address);
    request.setRequestHeader("X-CSRFToken", this.closest("form").querySelector("[name=csrfmiddlewaretoken]").value);
    request.send(body);
  }

  #ended(request, file, note) {
    note.remove();
    this.#going = null;
    const answer = this.#read(request);
    if (answer?.files) {
      this.#tell(answer.files);
      say(inWords("{name} is attached.", { name: file.name }));
    } else if (request.status) {
      this.#wrong(answer?.detail ?? inWords("{name} could not be uploaded. Please try again.", { name: file.name }));
    } else if (request.readyState === XMLHttpRequest.DONE) {
      this.#wrong(inWords("The desk cannot be reached: {name} was not uploaded.", { name: file.name }));
    }
    this.#next();
  }

  #read(request) {
    try {
      return JSON.parse(request.responseText);
    } catch {
      return null;
    }
  }

  #wrong(words) {
    const note = copy("file-wrong");
    note.querySelector("[data-says]").textContent = words;
    this.#place.append(note);
  }

  #tell(files) {
    document.dispatchEvent(new CustomEvent("files:changed", { detail: { what: this.dataset.what, files } }));
  }

  /** The list as the desk has it. */
  #show(files) {
    const here = new Map([...this.#held.children].map((item) => [item.dataset.file, item]));
    const items = files.map((file) => here.get(file.id) ?? this.#item(file));
    this.#held.replaceChildren(...items);
  }

  #item({ id, name, size }) {
    const item = copy("file-held");
    item.dataset.file = id;
    item.querySelector("input").value = id;
    item.querySelector(".file-name").textContent = name;
    item.querySelector("[data-size]").textContent = inBytes(size);
    const remove = item.querySelector("[data-remove]");
    remove.hidden = false;
    remove.setAttribute("aria-label", inWords("Remove {name}", { name }));
    return item;
  }

  #click(target) {
    if (target.closest(".file-wrong [data-stop]")) target.closest(".file-wrong").remove();
    else if (target.closest(".file-going [data-stop]")) target.closest(".file-going").remove();
    const item = target.closest("[data-remove]")?.closest("[data-file]");
    if (item) this.#remove(item);
  }

  #remove(item) {
    const name = item.querySelector(".file-name").textContent;
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.set("what", this.dataset.what);
    body.set("file", item.dataset.file);
    request.addEventListener("loadend", () => {
      const answer = this.#read(request);
      if (!answer?.files) return this.#wrong(inWords("{name} could not be taken away. Please try again.", { name }));
      this.#input.focus();
      this.#tell(answer.files);
      say(inWords("{name} was taken away.", { name }));
    });
    this.#send(request, this.dataset.removeAt, body);
  }

  /** Nothing is sent without a file that is still on its way. */
  #mayLeave(event) {
    if (!this.#going && !this.#waiting.some(({ note }) => note.isConnected)) return;
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: inWords("A file is still on its way. Send when it is here, or stop it."), tone: "error" } }));
  }
}

customElements.define("file-field", FileField);
