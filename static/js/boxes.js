// Boxes over the pages of a file: drawn with the mouse, with the finger where that is switched on, or added and moved
// with the keyboard. Each is a button of the page, and has another below its page that removes it; what is sent are
// its numbers in pixels of the page's picture.

const form = document.querySelector('form[data-boxes]');
const told = form.querySelector('[data-told]');
const byFinger = form.querySelector('[data-draw]');
const LEAST = 4;
const STEP = 8;
const SLIP = 6; // pixels of the screen: who moves less has pressed, not drawn

const bounded = (value, least, most) => Math.min(Math.max(Math.round(value), least), most);
const sheetOf = (page) => form.querySelector(`[data-page="${page}"]`);

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

// Counts the boxes, and numbers them through all pages: a box and what removes it have the same number.
function tell() {
  const boxes = form.querySelectorAll('.box');
  told.textContent = form.dataset.boxes.replace('{}', boxes.length);
  boxes.forEach((box, index) => {
    box.textContent = index + 1;
    box.setAttribute('aria-label', box.parentElement.dataset.label.replace('{}', index + 1));
    box.remover.textContent = form.dataset.remove.replace('{}', index + 1);
  });
}

function button(look) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = look;
  return made;
}

function added(sheet, left, top, width, height) {
  const box = button('box');
  sheet.append(box);
  place(box, left, top, width, height);
  box.remover = button('button');
  box.remover.addEventListener('click', () => removed(box, (next) => next.remover));
  const entry = document.createElement('li');
  entry.append(box.remover);
  form.querySelector(`[data-removers="${sheet.dataset.page}"]`).append(entry);
  tell();
  return box;
}

function taken(box) {
  box.remover.parentElement.remove();
  box.remove();
  tell();
}

function removed(box, goesOn) {
  const next = [box.nextElementSibling, box.previousElementSibling].find((each) => each?.matches('.box'));
  const add = form.querySelector(`[data-add="${box.parentElement.dataset.page}"]`);
  taken(box);
  (next ? goesOn(next) : add).focus();
}

const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

form.addEventListener('keydown', (event) => {
  const box = event.target.closest('.box');
  if (!box) return;
  if (event.key === 'Delete' || event.key === 'Backspace') {
    event.preventDefault();
    removed(box, (next) => next);
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
  const sheet = sheetOf(add.dataset.add);
  const picture = sheet.querySelector('img');
  const [across, down] = [Number(picture.getAttribute('width')), Number(picture.getAttribute('height'))];
  const box = added(sheet, across * 0.3, Math.min(down * 0.1, 200), across * 0.4, Math.max(down * 0.05, 40));
  box.scrollIntoView({ block: 'center' });
  box.focus();
});

// While it is off a finger scrolls past the pages and changes nothing; while it is on one finger draws, two scroll.
byFinger.addEventListener('click', () => {
  byFinger.setAttribute('aria-pressed', form.classList.toggle('drawing'));
});

// A pointer that is pressed on a page draws a box, on a box it moves it.
for (const sheet of form.querySelectorAll('[data-page]')) {
  let held = null;
  const point = (event) => {
    const picture = sheet.querySelector('img');
    const edge = picture.getBoundingClientRect();
    const scale = Number(picture.getAttribute('width')) / edge.width;
    return [(event.clientX - edge.left) * scale, (event.clientY - edge.top) * scale];
  };
  sheet.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    if (event.pointerType !== 'mouse' && !form.classList.contains('drawing')) return;
    const [x, y] = point(event);
    const box = event.target.closest('.box');
    held = { box, x, y, from: box?.at, pressed: event };
    sheet.setPointerCapture(event.pointerId);
  });
  sheet.addEventListener('pointermove', (event) => {
    if (!held || event.pointerId !== held.pressed.pointerId) return;
    const [x, y] = point(event);
    if (held.from) {
      place(held.box, held.from.left + x - held.x, held.from.top + y - held.y, held.from.width, held.from.height);
      return;
    }
    const went = Math.hypot(event.clientX - held.pressed.clientX, event.clientY - held.pressed.clientY);
    if (!held.box && went < SLIP) return;
    held.box ??= added(sheet, held.x, held.y, LEAST, LEAST);
    place(held.box, Math.min(x, held.x), Math.min(y, held.y), Math.abs(x - held.x), Math.abs(y - held.y));
  });
  sheet.addEventListener('pointerup', () => {
    held?.box?.focus({ preventScroll: true });
    held = null;
  });
  // The browser takes the pointer where a second finger comes: what the first has begun is undone.
  sheet.addEventListener('pointercancel', () => {
    if (held?.from) place(held.box, held.from.left, held.from.top, held.from.width, held.from.height);
    else if (held?.box) taken(held.box);
    held = null;
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

// What the form came with is drawn again: the boxes of the present copy, or those that were refused.
for (const { value } of form.querySelectorAll('[name="box"]')) {
  const [page, ...numbers] = value.split(' ').map(Number);
  const sheet = sheetOf(page);
  if (sheet) added(sheet, ...numbers);
}
form.hidden = false;
tell();
