/* SHA-256 of a file, read in slices: WebCrypto cannot hash in steps, and a file may be larger than memory likes.
   In: {id, file}. Out: {id, done: bytes so far} now and then, at the end {id, sha256} or {id, failed: true}. */

const SLICE = 4 * 1024 * 1024;

const K = new Uint32Array(64);
const START = new Uint32Array(8);

/* The constants are the fractional parts of roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3). */
function fillConstants() {
  const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) >>> 0;
  for (let number = 2, found = 0; found < 64; number += 1) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= number; divisor += 1) {
      if (number % divisor === 0) prime = false;
    }
    if (prime) {
      if (found < 8) START[found] = fraction(Math.sqrt(number));
      K[found] = fraction(Math.cbrt(number));
      found += 1;
    }
  }
}

class Sha256 {
  constructor() {
    this.state = START.slice();
    this.words = new Uint32Array(64);
    this.rest = new Uint8Array(64);
    this.held = 0;
    this.length = 0;
  }

  update(bytes) {
    this.length += bytes.length;
    let at = 0;
    if (this.held) {
      at = Math.min(64 - this.held, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.held);
      this.held += at;
      if (this.held < 64) return;
      this.block(this.rest, 0);
      this.held = 0;
    }
    for (; at + 64 <= bytes.length; at += 64) this.block(bytes, at);
    this.rest.set(bytes.subarray(at));
    this.held = bytes.length - at;
  }

  digest() {
    const bits = this.length * 8;
    const tail = new Uint8Array(this.held < 56 ? 64 : 128);
    tail.set(this.rest.subarray(0, this.held));
    tail[this.held] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(tail.length - 4, bits >>> 0);
    for (let at = 0; at < tail.length; at += 64) this.block(tail, at);
    return Array.from(this.state, (word) => word.toString(16).padStart(8, "0")).join("");
  }

  block(bytes, at) {
    const { words, state } = this;
    for (let i = 0; i < 16; i += 1, at += 4) {
      words[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    for (let i = 16; i < 64; i += 1) {
      const x = words[i - 15];
      const y = words[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[i] = words[i - 16] + s0 + words[i - 7] + s1;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + words[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }
}

async function hash(id, file) {
  const sha = new Sha256();
  for (let at = 0; at < file.size; at += SLICE) {
    sha.update(new Uint8Array(await file.slice(at, at + SLICE).arrayBuffer()));
    postMessage({ id, done: Math.min(at + SLICE, file.size) });
  }
  postMessage({ id, sha256: sha.digest() });
}

fillConstants();

let queue = Promise.resolve();

addEventListener("message", ({ data: { id, file } }) => {
  queue = queue.then(() => hash(id, file)).catch(() => postMessage({ id, failed: true }));
});
