/* Sends the chosen files one by one, each by a request of its own, on top of a form that works without this file.

   form[data-upload="URL"]     where the bytes of one file go (POST)
       [data-waiting="URL"]    what has arrived already (GET): asked before each try, so that nothing is sent twice
       [data-limits=JSON]      {largest: bytes, most: files, endings: [".pdf", …]}
       [data-words=JSON]       the sentences, with {size}, {percent}, {seconds}, {name}, {most}, {count}
   Inside: input[type=file], select[name=kind], ul[data-chosen], template[data-row], [name=csrf_token]. */

import { digest, LARGEST, size } from "./digests.js";

const TRIES = 5;
const PASSING = new Set([0, 408, 500, 502, 503, 504]);

const form = document.querySelector("form[data-upload]");
const input = form.querySelector("input[type=file]");
const button = form.querySelector("button:not([type=button])");
const list = form.querySelector("[data-chosen]");
const template = form.querySelector("template[data-row]");
const spoken = document.getElementById("spoken");
const limits = JSON.parse(form.dataset.limits);
const words = JSON.parse(form.dataset.words);

let rows = [];
let sending = false;

const told = (sentence, values = {}) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const speak = (sentence) => (spoken.textContent = sentence);
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

/* One chosen file with its line on the page. */
class Row {
  constructor(file) {
    this.file = file;
    this.state = "open";
    this.line = template.content.firstElementChild.cloneNode(true);
    this.part("name").textContent = file.name;
    this.part("size").textContent = size(file.size);
    this.part("bar").setAttribute("aria-label", file.name);
    this.part("cancel").setAttribute("aria-label", told(words.cancel, { name: file.name }));
    this.part("cancel").addEventListener("click", () => this.cancel());
    list.append(this.line);
    const problem = this.problem();
    if (problem) this.fail(problem);
    else this.digest = this.fingerprint();
  }

  part(name) {
    return this.line.querySelector(`[data-${name}]`);
  }

  problem() {
    const { file } = this;
    if (file.size === 0) return words.empty;
    if (file.size > limits.largest) return words.large;
    const known = limits.endings.some((ending) => file.name.toLowerCase().endsWith(ending));
    return known ? "" : words.type;
  }

  say(sentence) {
    this.part("said").textContent = sentence;
  }

  progress(share) {
    this.part("bar").hidden = share === null;
    this.part("bar").value = share ?? 0;
  }

  async fingerprint() {
    if (this.file.size > LARGEST) {
      this.say(words.unhashed);
      return "";
    }
    this.say(words.hashing);
    const found = await digest(this.file, (done) => this.progress(done / this.file.size));
    if (this.state !== "open") return found;
    this.progress(null);
    this.say(found ? words.ready : words.unhashed);
    this.part("digest").textContent = found && `SHA-256 ${found}`;
    return found;
  }

  fail(sentence) {
    this.end("failed", sentence);
    this.line.classList.add("failed");
    speak(`${this.file.name}: ${sentence}`);
  }

  arrive(sentence) {
    this.end("arrived", sentence);
    this.part("cancel").hidden = true;
    speak(`${this.file.name}: ${sentence}`);
  }

  end(state, sentence) {
    this.state = state;
    this.progress(null);
    this.say(sentence);
  }

  cancel() {
    this.state = "cancelled";
    this.request?.abort();
    rows = rows.filter((row) => row !== this);
    this.line.remove();
    list.hidden = rows.length === 0;
    speak(told(words.cancelled, { name: this.file.name }));
    input.focus();
  }

  /* The answer to one try: {status} and what was said; status 0 where there was none. */
  post(sha256) {
    const request = new XMLHttpRequest();
    const address = new URL(form.dataset.upload, location.href);
    address.searchParams.set("kind", form.elements.kind.value);
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Content-Disposition", `attachment; filename*=UTF-8''${encoded(this.file.name)}`);
    request.setRequestHeader("X-CSRFToken", form.elements.csrf_token.value);
    if (sha256) request.setRequestHeader("Content-Digest", `sha-256=:${base64(sha256)}:`);
    let quarter = 0;
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      const sent = told(words.sending, { percent: `${Math.floor((100 * loaded) / total)} %`, size: size(total) });
      this.progress(loaded / total);
      this.say(sent);
      if (Math.floor((4 * loaded) / total) === quarter) return;
      quarter = Math.floor((4 * loaded) / total);
      speak(`${this.file.name}: ${sent}`);
    });
    this.request = request;
    return new Promise((resolve) => {
      request.addEventListener("loadend", () => {
        const elsewhere = request.status && request.responseURL !== address.href;
        resolve({ status: elsewhere ? 401 : request.status, ...parsed(request), wait: request.getResponseHeader("Retry-After") });
      });
      request.send(this.file);
    });
  }

  async send() {
    const sha256 = await this.digest;
    for (let tries = 1; this.state === "open"; tries += 1) {
      if (!(await readable(this.file))) return this.fail(words.unreadable);
      const before = await arrived();
      if (this.state !== "open") return undefined;
      if (before.problem) return this.fail(before.problem);
      if (sha256 && before.sha256?.includes(sha256)) return this.arrive(words.held);
      const answer = before.sha256 ? await this.post(sha256) : { status: 0 };
      if (this.state !== "open") return undefined;
      if (answer.status === 201) return this.arrive(answer.added ? words.arrived : words.held);
      if (!PASSING.has(answer.status)) return this.fail(reason(answer));
      if (answer.status === 503) tries -= 1; // we were asked to wait, and wait
      if (tries >= TRIES) return this.fail(words.lost);
      await this.rest(answer.status === 503 ? words.busy : words.again, Number(answer.wait) || 2 ** (tries - 1));
    }
    return undefined;
  }

  async rest(sentence, seconds) {
    this.progress(null);
    this.say(told(sentence, { seconds }));
    speak(`${this.file.name}: ${told(sentence, { seconds })}`);
    await pause(seconds);
  }
}

function reason({ status, problem }) {
  return problem ?? { 401: words.over, 413: words.large, 507: words.full }[status] ?? words.refused;
}

function parsed(request) {
  try {
    const { added, problem } = JSON.parse(request.responseText);
    return { added, problem };
  } catch {
    return {};
  }
}

/* What need not be sent: {sha256: [digests]}, or {problem} that ends it; nothing where there was no answer. */
async function arrived() {
  const asked = { headers: { Accept: "application/json" }, redirect: "manual" };
  const answer = await fetch(form.dataset.waiting, asked).catch(() => null);
  if (answer?.type === "opaqueredirect") return { problem: words.over };
  if (!answer?.ok && answer?.status !== 409) return {};
  return answer.json().catch(() => ({}));
}

/* A file that was changed or removed since it was chosen can be read no more. */
const readable = (file) =>
  file.slice(0, 1).arrayBuffer().then(
    () => true,
    () => false,
  );

const encoded = (name) => encodeURIComponent(name.toWellFormed?.() ?? name).replace(/['()*!]/g, escaped);
const escaped = (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
const base64 = (hex) => btoa(String.fromCharCode(...hex.match(/../g).map((byte) => parseInt(byte, 16))));

function choose() {
  const room = limits.most - rows.length;
  const chosen = [...input.files];
  rows.push(...chosen.slice(0, room).map((file) => new Row(file)));
  input.value = "";
  list.hidden = rows.length === 0;
  if (chosen.length > room) speak(told(words.many, { most: limits.most }));
  form.querySelector("[data-many]").hidden = chosen.length <= room;
  sayNone(false);
}

/* That nothing is chosen, where the form without script says it. */
function sayNone(said) {
  form.querySelector("[data-none]").hidden = !said;
  input.ariaInvalid = said ? "true" : null;
  if (said) speak(words.none);
}

async function sendAll() {
  sending = true;
  button.disabled = true;
  for (const row of rows.filter(({ state }) => state === "open")) await row.send();
  sending = false;
  button.disabled = false;
  const failed = rows.filter(({ state }) => state === "failed");
  if (failed.length === 0 && rows.length) return location.assign(form.action);
  form.querySelector("[data-arrived]").hidden = !rows.some(({ state }) => state === "arrived");
  speak(told(words.failed, { count: failed.length }));
  return undefined;
}

input.addEventListener("change", choose);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  for (const row of rows.filter(({ state, digest: known }) => state === "failed" && known)) {
    row.state = "open";
    row.line.classList.remove("failed");
  }
  if (!rows.length) {
    sayNone(true);
    return input.focus();
  }
  return sendAll();
});
addEventListener("beforeunload", (event) => sending && event.preventDefault());
if (input.files.length) choose();
