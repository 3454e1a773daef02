'use strict';
/* Mappings: a word of a source, and the label that it means. */

let given = {};
let asked = 0;

const queue = new Queue(draw, (item) => item.examples.map(exampleAddress));

function draw(item) {
  const desk = document.getElementById('desk');
  if (!item) {
    desk.replaceChildren(nothingLeft(() => queue.undo()));
    return;
  }
  const first = item.suggestions.find((each) => each.id);
  given = { relation: 'exact', label: item.drafted || '' };
  desk.replaceChildren(element('div', { class: 'two', children: [
    element('section', { 'aria-label': 'The word', children: [
      element('h1', { class: 'name', dir: 'auto', text: item.raw }),
      facts([['source', item.source], ['occurs', item.stated ? counted(item.stated, 'time') : ''], ['drafted as', item.drafted]]),
      ...item.decided.map((each) => element('p', { class: 'soft', text: `${each.who}: ${each.relation} ${each.label}` })),
      element('h2', { text: 'Pictures' }),
      examples(item.examples),
    ] }),
    element('section', { 'aria-label': 'Its meaning', children: [
      chips('relation', 'The word', DATA.page.relations.map(([id, text]) => [id, `${id}: ${text}`]), given.relation, (value) => { given.relation = value; ready(); }, ['E', 'B', 'X', 'U']),
      element('label', { class: 'note', children: ['Find a label', element('input', { id: 'find', type: 'search', autocomplete: 'off', spellcheck: 'false', oninput: search })] }),
      element('div', { id: 'labels' }),
      element('label', { class: 'note', children: ['Note', element('input', { id: 'why', maxlength: '500', autocomplete: 'off', oninput: ready })] }),
      element('p', { class: 'row', children: [
        button('Sign', 'Enter', sign, { class: 'main', id: 'sign' }), button('Later', 'L', () => queue.later()), button('Undo', 'Z', () => queue.undo()),
      ] }),
      element('p', { class: 'soft', text: 'Keys: 1 to 9 choose a label, F searches. A similarity is a suggestion, not evidence.' }),
    ] }),
  ] }));
  labels(item.suggestions);
  if (!given.label && first && !first.doubt && first.score >= 95) choose(first.id);
}

function labels(found) {
  const place = document.getElementById('labels');
  if (!found.length) {
    place.replaceChildren(element('p', { class: 'soft', text: 'No similar label.' }));
    return;
  }
  place.replaceChildren(element('ul', { class: 'finds', children: found.map((each, n) => element('li', { children: each.id ? [
    element('button', { type: 'button', 'data-label': each.id, 'aria-pressed': String(each.id === given.label), onclick: () => choose(each.id), children: [
      nameOf(each.name), n < 9 ? key(String(n + 1)) : null, each.score === undefined ? null : element('span', { class: 'soft', text: `${each.score} %` }),
    ].filter(Boolean) }),
    element('p', { class: 'soft name', dir: 'auto', text: [each.line.join(' / '), each.by, each.doubt, each.mesh && `MeSH ${each.mesh}`, each.note].filter(Boolean).join('; ') }),
    ...(each.scope ? [element('p', { class: 'scope name', dir: 'auto', text: each.scope })] : []),
  ] : [
    element('p', { class: 'soft name', dir: 'auto', text: `MeSH ${each.concept}: ${each.name}, not a label of the lexicon` }),
    ...(each.scope ? [element('p', { class: 'scope name', dir: 'auto', text: each.scope })] : []),
  ] })) }));
  ready();
}

function choose(id) {
  given.label = id;
  for (const each of document.querySelectorAll('[data-label]')) each.setAttribute('aria-pressed', String(each.dataset.label === id));
  ready();
}

function bare() {
  return DATA.page.bare.includes(given.relation);
}

function ready() {
  const note = document.getElementById('why').value.trim();
  document.getElementById('sign').disabled = bare() ? !note : !given.label;
}

async function search(event) {
  const text = event.target.value.trim();
  const own = ++asked;
  const found = text ? (await ask('/mappings/ask/labels', { q: text })).labels : queue.item.suggestions;
  if (own === asked) labels(found);
}

async function sign() {
  if (document.getElementById('sign').disabled) return;
  const note = document.getElementById('why').value;
  await queue.act({ relation: given.relation, label: bare() ? '' : given.label, note: note });
}

function relation(value) {
  return () => { document.querySelector(`input[name=relation][value=${value}]`)?.click(); };
}

keys({
  ...Object.fromEntries([...'123456789'].map((each) => [each, () => { document.querySelectorAll('#labels li')[Number(each) - 1]?.querySelector('button')?.click(); }])),
  e: relation('exact'), b: relation('broad'), x: relation('drop'), u: relation('unknown'),
  f: () => document.getElementById('find')?.focus(),
  Enter: (event) => { if (event.target.matches('button:not([data-label])')) return false; sign(); return true; },
  l: () => { queue.later(); },
  z: () => { queue.undo(); },
}, [
  ['1 to 9', 'choose a label'], ['F', 'search a label'], ['E, B, X, U', 'exact, broad, drop, unknown'], ['Enter', 'sign'], ['L', 'later'], ['Z', 'undo'],
]);
queue.show();
