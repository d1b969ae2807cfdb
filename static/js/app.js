/* Comforts on top of pages that work without this file. Everything is asked for by data attributes:

   html[data-now]                       the server's time (ms), so that a shifted clock stays one clock
   time[data-due], [data-urgency]       time left, refreshed; time[data-clock="beijing|utc"] the header's clock
   form[data-live="ID ID"]              fetch the form's own URL while typing, swap the elements of these ids
   [data-rows] a[data-row]              J / K move between rows, Enter opens; / goes to [data-search]; ? shows #shortcuts
   input[data-shortcuts]                switches the single-key shortcuts off and on
   button[data-copy="TEXT"]             copies
   form[data-preview="URL"]             while one types, POSTs the form and puts the answer (200 or 422) into #preview,
                                        (of a whole page, what its own #preview holds), which scrolls to the
                                        [data-claim] that one is in; [data-pause] is how long typing rests, in ms
   a[data-line][data-column]            selects that line of the text field that it leads to
   form[data-draft="URL"]               saves a draft: POST of the form, answered by JSON {version, saved} or {problem},
                                        shown in [data-saved], [data-problem]; 409 disables [data-decides]
   input[type=file][data-digest="ID"]   lists the chosen files in that element with their SHA-256: digests.js
   form[data-upload]                    sends the chosen files one by one: upload.js
   form[data-boxes]                     draws boxes over the pages of a file: boxes.js */

const html = document.documentElement;
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const skew = html.dataset.now ? Number(html.dataset.now) - Date.now() : 0;
const now = () => Date.now() + skew;

html.classList.add("js");

/* Times. */

const words = JSON.parse(document.querySelector("meta[name=span-words]")?.content ?? "null");

function relative(at) {
  const side = at >= now() ? "left" : "overdue";
  const total = Math.floor(Math.abs(at - now()) / 60000);
  if (total === 0) return words[`${side}_now`];
  const d = Math.floor(total / 1440);
  const h = Math.floor((total % 1440) / 60);
  const m = total % 60;
  const shape = d ? (h ? "dh" : "d") : h ? (m ? "hm" : "h") : "m";
  const span = words[shape].replace("{d}", d).replace("{h}", h).replace("{m}", m);
  return words[side].replace("{span}", span);
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function refreshTimes() {
  for (const time of all("time[data-due]")) {
    const at = Date.parse(time.dateTime);
    write(time, relative(at));
    const box = time.closest("[data-urgency]");
    if (box) box.dataset.urgency = at < now() ? "overdue" : at - now() < 864e5 ? "soon" : "later";
  }
  for (const time of all("time[data-clock]")) {
    const local = new Date(now() + (time.dataset.clock === "beijing" ? 288e5 : 0)).toISOString();
    write(time, time.textContent.replace(/\d\d:\d\d/, local.slice(11, 16)));
  }
}

if (words) {
  setInterval(refreshTimes, 20000);
  document.addEventListener("visibilitychange", refreshTimes);
}

/* Keys: none while a field has the focus or an input method composes, and none when switched off. */

const SWITCH = "shortcuts";
const off = () => localStorage.getItem(SWITCH) === "off";
const inField = (target) => target.closest("input, select, textarea, [contenteditable], dialog");

function step(by) {
  const rows = all("[data-rows] a[data-row]");
  const at = rows.indexOf(document.activeElement);
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by];
  next?.focus();
  next?.closest("tr, li")?.scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.getElementById("shortcuts")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") all("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
  const act = keys[event.key.toLowerCase()];
  if (!act || off() || inField(event.target)) return;
  event.preventDefault();
  act();
});

for (const box of all("input[data-shortcuts]")) {
  box.checked = !off();
  box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
}

document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});

/* Copy. */

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.classList.add("done");
  write(document.getElementById("spoken"), button.dataset.copied ?? "");
  setTimeout(() => button.classList.remove("done"), 2000);
});

/* Later than the last call by so many milliseconds. */
function debounce(wait, act) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(act, wait, ...given);
  };
}

/* Call `act` when typing in the form pauses; an input method that composes is not typing yet. */
function whileTyping(form, wait, act, first = () => {}) {
  const soon = debounce(wait, act);
  form.addEventListener("input", (event) => {
    first();
    if (!event.isComposing) soon();
  });
  form.addEventListener("compositionend", soon);
}

/* Live filter. */

for (const form of all("form[data-live]")) {
  let request;
  const load = async () => {
    request?.abort();
    request = new AbortController();
    const url = new URL(form.action || location.href);
    url.search = new URLSearchParams(new FormData(form));
    const answer = await fetch(url, { signal: request.signal }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of form.dataset.live.split(" ")) {
      const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
      if (old && fresh) old.replaceWith(fresh);
    }
    history.replaceState(null, "", url);
    write(document.getElementById("spoken"), document.querySelector("[data-result]")?.textContent ?? "");
  };
  whileTyping(form, 250, load);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    load();
  });
}

/* Drafts: saved when typing pauses, one request at a time, the last state of the form always wins. */

for (const form of all("form[data-draft]")) {
  let running = null;
  let changed = false;
  const say = (name, on, text) => {
    for (const element of all(`[data-${name}]`)) {
      element.hidden = !on;
      if (text) write(element, text);
    }
  };

  const keep = async () => {
    changed = false;
    const answer = await send(form, form.dataset.draft, "application/json");
    const said = (await answer?.json().catch(() => null)) ?? {};
    running = null;
    if (said.version) {
      form.elements.version.value = said.version;
      say("saved", true, said.saved);
      if (changed) save();
    } else {
      changed = true;
    }
    say("problem", said.problem, said.problem);
    say("unsaved", !said.version && !said.problem);
    if (answer?.status === 409) all("[data-decides]").forEach((button) => (button.disabled = true));
    else if (!said.version && !said.problem) setTimeout(save, 5000);
  };
  const save = () => (running ??= keep());

  whileTyping(form, 1500, save, () => (changed = true));
  form.addEventListener("submit", async (event) => {
    changed = false;
    if (!running) return;
    event.preventDefault(); // what is on its way makes a new version, which must be known first
    await running;
    form.requestSubmit(event.submitter);
  });
  addEventListener("beforeunload", (event) => changed && event.preventDefault());
}

/* Previews: the server's own template, drawn again from what is typed. No script in it could run under the CSP. */

for (const form of all("form[data-preview]")) {
  const place = document.getElementById("preview");
  let request;
  const draw = async () => {
    request?.abort();
    request = new AbortController();
    const answer = await send(form, form.dataset.preview, "text/html", request.signal);
    if (!answer || (answer.status !== 200 && answer.status !== 422)) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const scrolled = place.querySelector(".paper")?.scrollTop;
    const unfolded = place.querySelector("details")?.open;
    place.replaceChildren(...(page.getElementById("preview") ?? page.body).childNodes);
    place.querySelector("details")?.toggleAttribute("open", unfolded);
    place.querySelector(".paper")?.scrollTo(0, scrolled ?? 0);
  };
  form.addEventListener("focusin", ({ target }) => {
    const paper = place.querySelector(".paper");
    const letter = target.closest("[data-claim]")?.dataset.claim;
    const said = letter && paper?.querySelector(`[data-claim="${letter}"]`);
    if (said) paper.scrollBy(0, said.getBoundingClientRect().top - paper.getBoundingClientRect().top - 16);
  });
  whileTyping(form, Number(form.dataset.pause ?? 250), draw);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  const field = link && document.querySelector(link.hash);
  if (!field?.setSelectionRange) return;
  event.preventDefault();
  const lines = field.value.split("\n");
  const before = lines.slice(0, link.dataset.line - 1);
  const start = before.reduce((sum, line) => sum + line.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[before.length] ?? "").length);
  field.scrollTop = (field.scrollHeight / lines.length) * Math.max(0, before.length - 4);
});

function send(form, url, accept, signal) {
  const body = new FormData(form);
  return fetch(url, { method: "POST", body, headers: { Accept: accept }, signal }).catch(() => null);
}

/* What only some pages need. */

if (document.querySelector("input[type=file][data-digest]")) import("./digests.js");
if (document.querySelector("form[data-upload]")) import("./upload.js");
if (document.querySelector("form[data-boxes]")) import("./boxes.js");

document.querySelector("[data-focus]")?.focus();
