'use strict';
/* Atlas: counts by axis, pictures that match a query, and one case in detail. */

let query = '';
let axis = DATA.page.axis;
let start = 0;
let sheet = DATA.page;
let below = DATA.page.below;
let asked = 0;

function frame() {
  document.getElementById('desk').replaceChildren(
    element('h1', { class: 'unseen', text: 'Atlas' }),
    element('form', { class: 'tools', role: 'search', onsubmit: (event) => { event.preventDefault(); look(document.getElementById('query').value); }, children: [
      element('label', { class: 'wide', children: ['Query', element('input', { id: 'query', type: 'search', value: query, placeholder: 'task=bone modality=mri/** granularity=contour', autocomplete: 'off', spellcheck: 'false' })] }),
      element('button', { type: 'submit', text: 'Search' }),
      button('All', '', () => look('')),
      choice('Axis', DATA.page.axes.map((name) => [name, name]), axis, (name) => { axis = name; look(query); }),
    ] }),
    element('div', { class: 'atlas', children: [element('section', { id: 'below', 'aria-label': 'Counts' }), element('section', { id: 'sheet', 'aria-label': 'Pictures' })] }),
  );
  counts();
  pictures();
}

async function look(text, from = 0) {
  const own = ++asked;
  try {
    const given = { q: text, axis: axis, from: String(from) };
    const [found, counted_] = await Promise.all([ask('/atlas/ask/sheet', given), ask('/atlas/ask/below', given)]);
    if (own !== asked) return;
    [query, start, sheet, below] = [text, from, found, counted_.below];
    trouble('');
    keepingFocus(frame);
  } catch (error) {
    trouble(error.message);
    announce(error.message);
  }
}

/** Return the query with the condition on one axis replaced. */
function narrowed(name, id) {
  const others = query.split(/\s+/).filter((word) => word && !word.startsWith(`${name}=`));
  return [...others, `${name}=${id}`].join(' ');
}

function counts() {
  const most = Math.max(1, ...below.filter((each) => !each.depth).map((each) => each.questions));
  document.getElementById('below').replaceChildren(
    element('table', { class: 'below', children: [
      element('thead', { children: [element('tr', { children: [element('th', { scope: 'col', text: axis }), element('th', { scope: 'col', class: 'number', text: 'targets' }), element('th', { scope: 'col', class: 'number', text: 'questions' })] })] }),
      element('tbody', { children: below.map((each) => element('tr', { class: `depth-${Math.min(each.depth, 5)}`, children: [
        element('td', { children: [
          element('button', { type: 'button', class: 'link', 'data-term': each.id, onclick: () => look(narrowed(axis, each.parent ? `${each.id}/**` : each.id)), children: [nameOf(each.name)] }),
          element('progress', { max: String(most), value: String(each.questions), 'aria-hidden': 'true', tabindex: '-1' }),
        ] }),
        element('td', { class: 'number', text: count(each.targets) }), element('td', { class: 'number', text: count(each.questions) }),
      ] })) }),
    ] }),
  );
}

function pictures() {
  const total = sheet.counts.questions;
  document.getElementById('sheet').replaceChildren(
    element('p', { class: 'row', children: [
      element('span', { id: 'total', text: `${counted(total, 'question')}, ${counted(sheet.counts.targets, 'target')}, ${counted(sheet.counts.labels, 'label')}` }),
      button('Previous', '', () => look(query, Math.max(0, start - DATA.page.sheet)), { disabled: start === 0 }),
      button('Next', '', () => look(query, start + DATA.page.sheet), { disabled: start + sheet.cases.length >= total }),
    ] }),
    element('ul', { class: 'pictures', children: sheet.cases.map((each) => element('li', { children: [
      element('button', { type: 'button', class: 'picture', 'data-case': each.id, onclick: () => open_(each.id), children: [
        element('img', { src: each.small, alt: '', loading: 'lazy' }),
        element('span', { class: 'name', dir: 'auto', text: each.label }), element('span', { class: 'soft', text: `${each.view}, ${each.modality}` }),
      ] }),
    ] })) }),
  );
}

async function open_(id) {
  const item = await ask('/atlas/item', { id: id });
  const desk = document.getElementById('desk');
  const at = sheet.cases.findIndex((each) => each.id === id);
  const beside = (step) => sheet.cases[at + step] && open_(sheet.cases[at + step].id);
  desk.replaceChildren(
    element('p', { class: 'tools', children: [
      button('Back to the pictures', 'Esc', close, { id: 'close' }), button('Previous', '←', () => beside(-1), { disabled: at < 1 }), button('Next', '→', () => beside(1), { disabled: at < 0 || at + 1 >= sheet.cases.length }),
    ] }),
    element('div', { class: 'case', children: [
      viewer(item.picture, item.unmarked),
      element('section', { 'aria-label': 'The case', children: [
        element('h1', { class: 'name', dir: 'auto', text: item.stem }),
        element('ol', { class: 'options', children: item.options.map((text, n) => element('li', { class: item.key.includes(n) ? 'right' : null, children: [element('b', { text: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[n] }), nameOf(text), item.key.includes(n) ? element('span', { class: 'mark', text: 'key' }) : null].filter(Boolean) })) }),
        facts(item.facts),
        element('p', { class: 'row', children: [button('Original', 'O', () => original(item.id, document.getElementById('more')), { id: 'original' }), button('Trace', 'I', () => trace(item.id), { id: 'life' })] }),
      ] }),
    ] }),
  );
  atlas.item = item;
  atlas.beside = beside;
  document.getElementById('close').focus();
}

const atlas = { item: null, beside: null };

function close() {
  viewing = null;
  const id = atlas.item?.id;
  atlas.item = null;
  frame();
  document.querySelector(`[data-case="${id}"]`)?.focus();
}

async function trace(id) {
  const place = document.getElementById('more');
  try {
    const found = await ask('/atlas/ask/life', { id: id });
    place.replaceChildren(element('h2', { text: 'Trace through the stages' }), element('pre', { tabindex: '0', 'aria-label': 'Trace', dir: 'auto', text: found.life.join('\n') }));
  } catch (error) {
    trouble(error.message);
  }
}

keys({
  Escape: () => { if (!atlas.item) return false; close(); return true; },
  ArrowLeft: (event) => { if (!atlas.item || event.target.matches('input')) return false; atlas.beside(-1); return true; },
  ArrowRight: (event) => { if (!atlas.item || event.target.matches('input')) return false; atlas.beside(1); return true; },
  o: () => { if (!atlas.item) return false; original(atlas.item.id, document.getElementById('more')); return true; },
  i: () => { if (!atlas.item) return false; trace(atlas.item.id); return true; },
  ...VIEW_KEYS,
}, [
  ['Esc', 'back to the pictures'], ['\u2190 \u2192', 'previous, next'], ['O', 'original picture'], ['I', 'trace through the stages'], ...VIEW_WORDS,
]);
frame();
