'use strict';
/* Shared by all desks: the queue, actions with retries, undo, keyboard shortcuts. */

const DATA = readData();
const RETRY_MS = 400;
const MAX_RETRY_MS = 5000;

/** Show an error message, or hide it without a text. */
function trouble(text) {
  const place = document.getElementById('trouble');
  place.textContent = text || '';
  place.hidden = !text;
}

/** Wait. */
function pause(ms) {
  return new Promise((done) => { setTimeout(done, ms); });
}

/** Return a URL with query parameters. */
function address(path, given = {}) {
  const query = new URLSearchParams(given).toString();
  return query ? `${path}?${query}` : path;
}

/** Fetch JSON with retries; a request that the desk refuses throws an Error with its message. */
function ask(path, given) {
  return untilAnswered(address(path, given), { headers: { Accept: 'application/json' } }, 'The desk does not respond; retrying.');
}

function parsed(answer, text) {
  const found = JSON.parse(text);
  if (!answer.ok) throw Object.assign(new Error([found.wrong, ...(found.problems ?? [])].join('\n')), { refused: true });
  return found;
}

/** Return an idempotency key for an action. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, '0')).join('');
}

/** Post JSON and retry until the desk acknowledges or refuses it. */
function send(path, body) {
  return untilAnswered(path, {
    method: 'POST', body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', 'X-Form-Token': DATA.form },
  }, 'The desk does not respond. Your input is kept and sent again; leave this page open.');
}

async function untilAnswered(path, options, complaint) {
  for (let wait = RETRY_MS; ; wait = Math.min(wait * 2, MAX_RETRY_MS)) {
    let answer = null;
    let text = null;
    try {
      answer = await fetch(path, options);
      text = await answer.text(); // fails on a truncated response, which is retried
    } catch {
      trouble(complaint);
    }
    if (text !== null && answer.status < 500) {
      if (wait > RETRY_MS) trouble('');
      return parsed(answer, text);
    }
    await pause(wait);
  }
}

/** A queue of items: one is shown, and the next ones are prefetched. */
class Queue {
  /** `draw` shows an item, or null when none is left; `preload` returns URLs of pictures. */
  constructor(draw, preload) {
    this.draw = draw;
    this.preload = preload;
    this.ids = DATA.queue.slice();
    this.open = DATA.open;
    this.done = DATA.done;
    this.items = new Map();
    this.images = new Map();
    this.busy = false;
    if (DATA.first) this.items.set(DATA.first.id, Promise.resolve(DATA.first));
  }

  fetched(id) {
    if (!this.items.has(id)) {
      const found = ask(`/${DATA.desk}/item`, { id: id });
      found.catch(() => this.items.delete(id));
      this.items.set(id, found);
    }
    return this.items.get(id);
  }

  async ahead() {
    for (const id of this.ids.slice(1, 3)) {
      const item = await this.fetched(id).catch(() => null);
      for (const source of item ? this.preload(item) : []) {
        if (this.images.has(source)) continue;
        const image = new Image();
        image.src = source;
        this.images.set(source, image);
        if (this.images.size > 12) this.images.delete(this.images.keys().next().value);
      }
    }
  }

  async show() {
    this.count();
    const id = this.ids[0];
    if (id === undefined) {
      this.item = null;
      this.draw(null);
      return;
    }
    try {
      this.item = await this.fetched(id);
    } catch (error) {
      this.item = null; // the displayed item is already done
      trouble(error.message);
      return;
    }
    this.draw(this.item);
    document.getElementById('desk').focus({ preventScroll: true });
    scrollTo(0, 0);
    this.ahead();
  }

  count() {
    const place = document.getElementById('count');
    place.textContent = this.open + this.done ? `${count(this.done)} done, ${count(this.open)} to do` : '';
  }

  /** Send an action on the current item and go to the next one. Returns the response, or null.

      Further actions are ignored until the next item is shown, so a double press acts once. With
      `stay` the current item stays. */
  async act(value, stay = false) {
    if (this.busy || !this.item) return null;
    this.busy = true;
    document.body.classList.add('busy');
    try {
      const found = await send(`/${DATA.desk}/act`, { key: newKey(), item: this.item.id, value: value, seen: this.item.seen });
      trouble('');
      if (!stay) await this.next();
      return found;
    } catch (error) {
      trouble(error.message);
      announce(error.message);
      return null;
    } finally {
      this.busy = false;
      document.body.classList.remove('busy');
    }
  }

  /** Go to the next item. */
  async next() {
    const gone = this.ids.shift();
    this.items.delete(gone);
    this.open = Math.max(0, this.open - 1);
    this.done += 1;
    DATA.done = this.done;
    if (this.ids.length < 5) {
      const found = await ask(`/${DATA.desk}/queue`);
      const held = new Set(this.ids);
      this.ids.push(...found.queue.filter((id) => id !== gone && !held.has(id)));
      this.open = found.open;
      this.done = found.done;
    }
    await this.show();
  }

  /** Move the current item to the end of the queue. */
  async later() {
    if (this.busy || this.ids.length < 2) return;
    this.ids.push(this.ids.shift());
    await this.show();
  }

  /** Undo the last action and show its item again. */
  async undo() {
    if (this.busy) return;
    this.busy = true;
    try {
      const { item } = await send(`/${DATA.desk}/undo`, { key: newKey() });
      if (!item) {
        announce('There is nothing to undo');
        return;
      }
      this.ids = [item, ...this.ids.filter((id) => id !== item)];
      this.items.delete(item);
      this.open += 1;
      this.done = Math.max(0, this.done - 1);
      announce('Undone');
      await this.show();
    } finally {
      this.busy = false;
    }
  }
}

let keyWords = [];

/** Show the keys of the desk. */
function showKeys() {
  const dialog = element('dialog', { id: 'keys', 'aria-label': 'Keys', onclose: () => dialog.remove(), children: [
    element('h2', { text: 'Keys' }),
    element('table', { children: [element('tbody', { children: [...keyWords, ['?', 'these keys']].map(([name, text]) => element('tr', { children: [
      element('th', { scope: 'row', text: name }), element('td', { text: text }),
    ] })) })] }),
    element('p', { class: 'row', children: [button('Close', 'Esc', () => dialog.close())] }),
  ] });
  document.body.append(dialog);
  dialog.showModal();
}

/** Bind keyboard shortcuts, except while the user types in a field; `words` say what they do. */
function keys(table, words = []) {
  keyWords = words;
  document.querySelector('.me').append(button('Keys', '?', showKeys, { id: 'show-keys' }));
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches('input:not([type=radio]):not([type=checkbox]):not([type=range]), textarea, select')) return;
    if (document.querySelector('dialog[open]')) return;
    const action = event.key === '?' ? showKeys : table[event.key] ?? table[event.key.toLowerCase()];
    if (!action) return;
    if (action(event) !== false) event.preventDefault();
  });
}

/** Return a keyboard key as an element. */
function key(text) {
  return element('kbd', { text: text, 'aria-hidden': 'true' });
}

/** Return a button with its keyboard shortcut. */
function button(text, shortcut, onclick, options = {}) {
  return element('button', { type: 'button', onclick: onclick, ...options, children: [text, ...(shortcut ? [' ', key(shortcut)] : [])] });
}

/** Return a group of radio buttons styled as chips; `take` is called with the chosen value. */
function chips(name, legend, options, chosen, take, shortcuts = []) {
  return element('fieldset', { class: 'chips', children: [
    element('legend', { text: legend }),
    ...options.map(([value, text, title], n) => element('label', { title: title || null, children: [
      element('input', { type: 'radio', name: name, value: value, checked: value === chosen, onchange: () => take(value) }),
      nameOf(text), ...(shortcuts[n] ? [key(shortcuts[n])] : []),
    ] })),
  ] });
}

/** Return a picture with a box: left, top, width and height as shares, 0 to 1. */
function boxed(source, text, box) {
  const children = [element('img', { src: source, alt: text, loading: 'lazy' })];
  if (box) {
    const frame = svg('svg', { viewBox: '0 0 1 1', preserveAspectRatio: 'none', class: 'box', 'aria-hidden': 'true', children: [
      svg('rect', { x: box[0], y: box[1], width: box[2], height: box[3] }),
    ] });
    children.push(frame);
  }
  return element('span', { class: 'boxed', children: children });
}

/** Return a list of names and values. */
function facts(pairs) {
  return element('dl', { class: 'known', children: pairs.filter(([, value]) => value).flatMap(([name, value]) => [
    element('dt', { text: name }), element('dd', { children: [nameOf(value)] }),
  ]) });
}

/** Return a text's parts; those between grave accents are code. */
function withCode(text) {
  return text.split('`').map((part, n) => (n % 2 ? element('code', { text: part }) : part));
}

/** Return the message for an empty queue. */
function nothingLeft(undo) {
  const any = DATA.done > 0;
  return element('div', { class: 'empty', children: [
    element('h1', { text: any ? 'No items left' : 'Nothing to do here' }),
    element('p', { class: 'soft', children: any ? ['All items assigned to you are done. Thank you.'] : withCode(DATA.fills) }),
    element('p', { class: 'row', children: [
      ...(any ? [button('Undo the last one', 'Z', undo)] : []), element('a', { href: '/', text: 'All desks' }),
    ] }),
  ] });
}

// on a narrow screen the bar of desks can be scrolled: the open one is in view
document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
