/* Fingerprints of files before they leave: SHA-256 in a worker, up to a size. On import it serves
   input[type=file][data-digest="ID"]: the chosen files are listed in that element, each with its digest. */

export const LARGEST = 256 * 1024 * 1024;

const worker = new Worker(new URL("sha256-worker.js", import.meta.url));
const waiting = new Map();
let serial = 0;

worker.addEventListener("message", ({ data }) => waiting.get(data.id)?.(data));
worker.addEventListener("error", () => waiting.forEach((answer) => answer({})));

/* The hex digest, '' where it could not be computed; `progress` is told how many bytes are done. */
export function digest(file, progress) {
  serial += 1;
  const id = serial;
  return new Promise((resolve) => {
    waiting.set(id, ({ done, sha256 }) => {
      if (done !== undefined) return progress(done);
      waiting.delete(id);
      return resolve(sha256 ?? "");
    });
    worker.postMessage({ id, file });
  });
}

export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} KB`;
  const [unit, divisor] = bytes < 1024 ** 3 ? ["MB", 1024 ** 2] : ["GB", 1024 ** 3];
  const amount = bytes / divisor;
  return `${amount.toFixed(amount < 10 ? 1 : 0)} ${unit}`;
}

for (const input of document.querySelectorAll("input[type=file][data-digest]")) {
  const list = document.getElementById(input.dataset.digest);

  const show = async (file) => {
    const row = document.createElement("li");
    const [name, weight, code] = ["bdi", "span", "code"].map((tag) => document.createElement(tag));
    name.textContent = file.name;
    weight.textContent = size(file.size);
    row.append(name, weight, code);
    list.append(row);
    if (file.size > LARGEST) {
      code.textContent = list.dataset.large;
      return;
    }
    code.textContent = list.dataset.wait;
    const found = await digest(file, (done) => {
      code.textContent = `${list.dataset.wait} ${Math.round((100 * done) / file.size)} %`;
    });
    code.textContent = found ? `SHA-256 ${found}` : list.dataset.failed;
  };

  const read = () => {
    list.hidden = input.files.length === 0;
    list.replaceChildren();
    [...input.files].forEach(show);
  };

  input.addEventListener("change", read);
  if (input.files.length) read();
}
