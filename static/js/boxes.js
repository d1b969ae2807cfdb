// Boxes over the pages of a file, drawn with a pointer or added and moved with the keyboard. Each is a button of the
// page; what is sent are its numbers in pixels of the page's picture.

const form = document.querySelector('form[data-boxes]');
const told = form.querySelector('[data-told]');
const LEAST = 4;
const STEP = 8;

const bounded = (value, least, most) => Math.min(Math.max(Math.round(value), least), most);

function place(box, left, top, width, height) {
  const { width: across, height: down } = box.parentElement.querySelector('img').attributes;
  const most = [Number(across.value), Number(down.value)];
  const at = { width: bounded(width, LEAST, most[0]), height: bounded(height, LEAST, most[1]) };
  at.left = bounded(left, 0, most[0] - at.width);
  at.top = bounded(top, 0, most[1] - at.height);
  box.at = at;
  box.style.left = `${(at.left / most[0]) * 100}%`;
  box.style.top = `${(at.top / most[1]) * 100}%`;
  box.style.width = `${(at.width / most[0]) * 100}%`;
  box.style.height = `${(at.height / most[1]) * 100}%`;
}

function tell() {
  told.textContent = form.dataset.boxes.replace('{}', form.querySelectorAll('.box').length);
}

function added(sheet, left, top, width, height) {
  const box = document.createElement('button');
  box.type = 'button';
  box.className = 'box';
  box.setAttribute('aria-label', sheet.dataset.label);
  sheet.append(box);
  place(box, left, top, width, height);
  tell();
  return box;
}

function removed(box) {
  const next = box.nextElementSibling ?? box.previousElementSibling;
  const add = form.querySelector(`[data-add="${box.parentElement.dataset.page}"]`);
  box.remove();
  tell();
  (next?.matches('.box') ? next : add).focus();
}

const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

form.addEventListener('keydown', (event) => {
  const box = event.target.closest('.box');
  if (!box) return;
  if (event.key === 'Delete' || event.key === 'Backspace') {
    event.preventDefault();
    removed(box);
    return;
  }
  const by = ARROWS[event.key];
  if (!by) return;
  event.preventDefault();
  const { left, top, width, height } = box.at;
  if (event.shiftKey) place(box, left, top, width + by[0], height + by[1]);
  else place(box, left + by[0], top + by[1], width, height);
});

form.addEventListener('click', (event) => {
  const add = event.target.closest('[data-add]');
  if (!add) return;
  const sheet = form.querySelector(`[data-page="${add.dataset.add}"]`);
  const picture = sheet.querySelector('img');
  const [across, down] = [Number(picture.getAttribute('width')), Number(picture.getAttribute('height'))];
  const box = added(sheet, across * 0.3, Math.min(down * 0.1, 200), across * 0.4, Math.max(down * 0.05, 40));
  box.scrollIntoView({ block: 'center' });
  box.focus();
});

// A pointer that is pressed on a page draws a box, on a box it moves it. On a page, a finger may still scroll up and
// down: only what moves sideways draws.
for (const sheet of form.querySelectorAll('[data-page]')) {
  let held = null;
  const point = (event) => {
    const picture = sheet.querySelector('img');
    const edge = picture.getBoundingClientRect();
    const scale = Number(picture.getAttribute('width')) / edge.width;
    return [(event.clientX - edge.left) * scale, (event.clientY - edge.top) * scale];
  };
  sheet.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const [x, y] = point(event);
    const box = event.target.closest('.box');
    held = box ? { box, x, y, from: box.at } : { box: null, x, y, from: null };
    sheet.setPointerCapture(event.pointerId);
  });
  sheet.addEventListener('pointermove', (event) => {
    if (!held) return;
    const [x, y] = point(event);
    if (held.from) {
      place(held.box, held.from.left + x - held.x, held.from.top + y - held.y, held.from.width, held.from.height);
      return;
    }
    const [width, height] = [Math.abs(x - held.x), Math.abs(y - held.y)];
    if (!held.box && Math.max(width, height) < LEAST * 2) return;
    held.box ??= added(sheet, held.x, held.y, LEAST, LEAST);
    place(held.box, Math.min(x, held.x), Math.min(y, held.y), width, height);
  });
  const done = () => {
    held?.box?.focus({ preventScroll: true });
    held = null;
  };
  sheet.addEventListener('pointerup', done);
  sheet.addEventListener('pointercancel', () => {
    if (held?.box && !held.from) held.box.remove();
    held = null;
    tell();
  });
}

form.addEventListener('submit', () => {
  for (const sent of form.querySelectorAll('[name="box"]')) sent.remove();
  for (const box of form.querySelectorAll('.box')) {
    const { left, top, width, height } = box.at;
    const sent = document.createElement('input');
    sent.type = 'hidden';
    sent.name = 'box';
    sent.value = [box.parentElement.dataset.page, left, top, width, height].join(' ');
    form.append(sent);
  }
});

form.hidden = false;
tell();
