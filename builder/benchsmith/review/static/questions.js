'use strict';
/* Questions: a drafted stem, checked against the rules while it is edited, and a decision. */

let reason = '';
let asked = 0;
let timer = 0;

const queue = new Queue(draw, () => []);

function draw(item) {
  const desk = document.getElementById('desk');
  reason = '';
  if (!item) {
    desk.replaceChildren(nothingLeft(() => queue.undo()));
    return;
  }
  desk.replaceChildren(element('div', { class: 'two', children: [
    element('section', { 'aria-label': 'The stem', children: [
      element('h1', { text: `${item.task}, ${item.granularity}${item.several ? ', several answers' : ''}` }),
      facts([['language', item.language], ['drafted by', item.model]]),
      element('label', { class: 'note', children: ['Stem', element('textarea', { id: 'stem', rows: '3', maxlength: '400', dir: 'auto', oninput: edited, onkeydown: (event) => { if (event.key === 'Enter') { event.preventDefault(); accept(); } } })] }),
      element('ul', { id: 'faults', class: 'checks', 'aria-label': 'Rule violations' }),
      element('p', { class: 'row', children: [
        button('Accept', 'Enter', accept, { class: 'main', id: 'accept' }),
        button('Restore draft', '', () => { stem().value = item.stem; edited(); }),
      ] }),
      chips('why', 'or reject it, because', DATA.page.why, '', (value) => { reason = value; }, DATA.page.why.map((_, n) => String(n + 1))),
      element('label', { class: 'note', children: ['Note', element('input', { id: 'note', maxlength: '500', autocomplete: 'off' })] }),
      element('p', { class: 'row', children: [button('Reject', 'R', reject, { id: 'reject', class: 'drop' }), button('Later', 'L', () => queue.later()), button('Undo', 'Z', () => queue.undo())] }),
    ] }),
    element('section', { 'aria-label': 'Its place', children: [
      element('h2', { text: 'Required parts of a stem' }),
      facts([
        ['placeholders', item.placeholders.map((each) => `${each}, once`).join('; ')], ['region', item.places.join(', ')], ['subject', item.cues.join(', ')],
        ['length', `${item.lengths[0]} to ${item.lengths[1]} characters`],
      ]),
      element('h2', { text: `${counted(item.standing.length, 'existing stem')}` }),
      element('ul', { class: 'standing', children: item.standing.map((text) => element('li', { class: 'name', dir: 'auto', text: text })) }),
    ] }),
  ] }));
  stem().value = item.stem;
  verdict(item.faults);
}

function stem() {
  return document.getElementById('stem');
}

function verdict(found) {
  document.getElementById('faults').replaceChildren(...(found.length
    ? found.map((text) => element('li', { class: 'fault name', dir: 'auto', text: text }))
    : [element('li', { class: 'fine', text: 'follows all rules' })]));
  document.getElementById('accept').disabled = found.length > 0;
}

function edited() {
  clearTimeout(timer);
  const own = ++asked;
  document.getElementById('accept').disabled = true;
  timer = setTimeout(async () => {
    const { faults } = await ask('/questions/ask/faults', { id: queue.item.id, stem: stem().value });
    if (own === asked) verdict(faults);
  }, 120);
}

async function accept() {
  if (document.getElementById('accept').disabled) return;
  await queue.act({ decision: 'accept', stem: stem().value });
}

async function reject() {
  await queue.act({ decision: 'reject', reason: reason, note: document.getElementById('note').value });
}

keys({
  ...Object.fromEntries([...'123456'].map((each) => [each, () => { document.querySelectorAll('input[name=why]')[Number(each) - 1]?.click(); }])),
  e: () => stem()?.focus(),
  Enter: (event) => { if (event.target.matches('button')) return false; accept(); return true; },
  r: () => { reject(); },
  l: () => { queue.later(); },
  z: () => { queue.undo(); },
}, [
  ['E', 'edit the stem'], ['Enter', 'accept'], ['1 to 6', 'a reason'], ['R', 'reject'], ['L', 'later'], ['Z', 'undo'],
]);
queue.show();
