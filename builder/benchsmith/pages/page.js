'use strict';
/* Shared by all pages: embedded data, DOM elements, copying, tooltips. */

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Normalise a name for comparison, as the lexicon does. */
function normal(text) {
  return text.normalize('NFKC').toLowerCase().replace(/[_\-\s]+/g, ' ').trim();
}

/** Return the page's data. */
function readData() {
  return JSON.parse(document.getElementById('data').textContent);
}

/** Create an element; `options` are attributes, listeners (`onclick`), `text` and `children`. */
function element(name, options = {}, space = '') {
  const made = space ? document.createElementNS(space, name) : document.createElement(name);
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === 'text') made.textContent = value;
    else if (key === 'children') made.append(...value);
    else if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  return made;
}

/** Create an SVG element. */
function svg(name, options = {}) {
  return element(name, options, 'http://www.w3.org/2000/svg');
}

/** Return a span for a name in any writing direction. */
function nameOf(text) {
  return element('span', { class: 'name', dir: 'auto', text: text });
}

/** Format a number with thin spaces between groups of three digits. */
function count(number) {
  return number.toLocaleString('en-GB').replaceAll(',', '\u2009');
}

/** Return a number with its noun: `1 label`, `2 labels`. */
function counted(number, word) {
  return `${count(number)} ${word}${number === 1 ? '' : 's'}`;
}

/** Announce a text to screen readers. */
function announce(text) {
  document.getElementById('said').textContent = text;
}

/** Return a line of code with a button that copies it. */
function copyable(id, label, text) {
  const code = element('code', { id: id, text: text });
  const button = element('button', { type: 'button', 'aria-label': `Copy ${label}`, text: 'Copy' });
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // without clipboard access the text is selected for manual copying
      getSelection().selectAllChildren(code);
      announce(`${label} is selected`);
      return;
    }
    button.textContent = 'Copied';
    announce(`${label} is copied`);
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
  return element('div', { class: 'copyable', children: [code, button] });
}

/** Quote a word for a shell. */
function quoted(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Quote a word for a shell if necessary. */
function word(text) {
  return /^[\w.-]+$/.test(text) ? text : quoted(text);
}

/** Show a tooltip at the pointer or at a focused element; hide it if there are no lines. */
function hint(lines, place) {
  const tip = document.getElementById('tip');
  tip.hidden = !lines;
  if (!lines) return;
  tip.replaceChildren(...lines.map((line, n) => element(n ? 'div' : 'b', { class: 'name', dir: 'auto', text: line })));
  const box = tip.getBoundingClientRect();
  const x = place.clientX ?? place.right;
  const y = place.clientY ?? place.bottom;
  tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - box.width - 8))}px`;
  tip.style.top = `${Math.max(4, Math.min(y + 14, innerHeight - box.height - 8))}px`;
}

/** Redraw and restore the focus to the element with the same id, cell, choice or label. */
function keepingFocus(drawAnew) {
  const held = document.activeElement;
  const marks = ['id', 'data-cell', 'data-value', 'aria-label'];
  const mark = marks.find((name) => held?.getAttribute(name));
  const value = mark && held.getAttribute(mark);
  drawAnew();
  if (mark && !held.isConnected) document.querySelector(`[${mark}=${CSS.escape(value)}]`)?.focus({ preventScroll: true });
}

/** Return a row of buttons, one of which is pressed. */
function choice(label, options, chosen, take) {
  return element('span', {
    class: 'choice', role: 'group', 'aria-label': label,
    children: options.map(([value, text]) => element('button', {
      type: 'button', 'aria-pressed': String(value === chosen), 'data-value': value, text: text, onclick: () => take(value),
    })),
  });
}
