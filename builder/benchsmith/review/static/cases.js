'use strict';
/* Cases: picture and options; first the answer, then the key and the decision. */

let chosen = new Set();
let reason = '';

const queue = new Queue(draw, (item) => [item.picture]);

function draw(item) {
  const desk = document.getElementById('desk');
  chosen = new Set(item?.answer?.chosen ?? []);
  reason = item?.decided?.reason ?? '';
  if (!item) {
    desk.replaceChildren(nothingLeft(() => queue.undo()));
    return;
  }
  desk.replaceChildren(
    element('div', { class: 'case', children: [
      viewer(item.picture, item.answer?.unmarked),
      element('section', { id: 'panel', 'aria-label': 'The question' }),
    ] }),
  );
  panel(item);
}

function panel(item) {
  const known = item.answer;
  const place = document.getElementById('panel');
  const options = element('ol', { class: 'options', 'aria-label': 'Options', children: item.options.map((text, n) => {
    const right = known?.key.includes(n);
    const own = (known?.chosen ?? [...chosen]).includes(n);
    return element('li', { children: [element('button', {
      type: 'button', id: `option-${n}`, 'aria-pressed': String(own), disabled: Boolean(known),
      class: known ? (right ? 'right' : own ? 'wrong' : '') : '',
      onclick: () => choose(item, n),
      children: [element('b', { text: LETTERS[n] }), nameOf(text), known && right ? mark('key') : null, known && own ? mark('yours') : null, known ? null : key(String(n + 1))].filter(Boolean),
    })] });
  }) });
  place.replaceChildren(
    element('h1', { class: 'name', dir: 'auto', text: item.stem }),
    ...(item.several ? [element('p', { class: 'soft', text: 'Several options may be right.' })] : []),
    options,
    ...(item.withheld ? [element('p', { class: 'soft', id: 'withheld', text: 'The release does not include this picture, since its licence forbids redistribution.' })] : []),
    ...(known ? judged(item, known) : [answering(item)]),
    element('p', { class: 'row quiet', children: [button('Undo', 'Z', () => queue.undo()), button('Later', 'L', () => queue.later()), ...(known ? [button('Original', 'O', () => original(item.id, document.getElementById('more')))] : [])] }),
    way(item),
  );
  clock(item);
}

/** Return whether the person wants to answer all cases before any key is shown. */
function blind() {
  return localStorage.getItem('blind') === 'yes';
}

/** Return the switches of how one works: blindly, and by the clock. */
function way(item) {
  const box = (name, text, title) => element('label', { title: title, children: [element('input', {
    type: 'checkbox', id: name, checked: localStorage.getItem(name) === 'yes',
    onchange: (event) => { localStorage.setItem(name, event.target.checked ? 'yes' : 'no'); clock(item); },
  }), text] });
  return element('p', { class: 'row quiet soft ways', children: [
    box('blind', 'Blind: keys come at the end', 'Answer all cases first; keys are shown when you come back to keep or drop them'),
    box('timer', 'Timer: not stored', 'Show how long you have looked at this case; the time is not stored'),
    element('span', { id: 'clock', class: 'number', 'aria-hidden': 'true' }),
  ] });
}

let ticking = 0;
let began = { id: '', at: 0 };

/** Show the seconds since the case was opened, if the person wants them. */
function clock(item) {
  clearInterval(ticking);
  if (began.id !== item.id) began = { id: item.id, at: performance.now() };
  const tick = () => {
    const place = document.getElementById('clock'), seconds = Math.floor((performance.now() - began.at) / 1000);
    if (place) place.textContent = localStorage.getItem('timer') === 'yes' ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}` : '';
  };
  tick();
  if (localStorage.getItem('timer') === 'yes') ticking = setInterval(tick, 1000);
}

function mark(text) {
  return element('span', { class: 'mark', text: text });
}

function answering(item) {
  return element('p', { class: 'row', children: [
    button('Answer', 'Enter', () => answer(item), { class: 'main', id: 'answer', disabled: !chosen.size }),
    button('Not sure', '0', () => answer(item, []), { id: 'unsure' }),
  ] });
}

function judged(item, known) {
  const result = { right: 'Your answer is right.', wrong: 'Your answer is not the key.', unsure: 'You were not sure.' }[known.came];
  return [
    element('p', { class: `came ${known.came}`, children: [element('b', { text: result }), ` Key: ${known.letters}`] }),
    element('p', { class: 'soft name', dir: 'auto', text: known.about.join(', ') }),
    element('div', { class: 'decide', children: [
      button('Keep', 'K', () => decide(item, 'keep'), { class: 'main', id: 'keep' }),
      chips('why', 'or drop the case, because', DATA.page.why, reason, (value) => { reason = value; }, DATA.page.why.map((_, n) => String(n + 1))),
      noteField(item.decided?.note ?? '', () => decide(item, reason ? 'drop' : 'keep')),
      button('Drop', 'D', () => decide(item, 'drop'), { id: 'drop', class: 'drop' }),
    ] }),
  ];
}

function choose(item, n) {
  if (item.answer || n >= item.options.length) return;
  if (!item.several && !chosen.has(n)) chosen.clear();
  if (chosen.has(n)) chosen.delete(n); else chosen.add(n);
  keepingFocus(() => panel(item));
}

async function answer(item, given = [...chosen]) {
  if (item.answer) return;
  if (blind()) {
    await queue.act({ do: 'answer', chosen: given, blind: true });
    return;
  }
  const found = await queue.act({ do: 'answer', chosen: given }, true);
  if (!found || queue.item !== item) return;
  item.answer = found.answer;
  chosen = new Set(found.answer.chosen);
  viewing.unmark(found.answer.unmarked);
  panel(item);
  announce(`${{ right: 'Right', wrong: 'Not the key', unsure: 'Not sure' }[found.answer.came]}. The key is ${found.answer.letters}.`);
  document.getElementById('keep').focus({ preventScroll: true });
}

async function decide(item, decision) {
  if (!item.answer) return;
  const note = document.getElementById('note').value;
  await queue.act({ do: 'decide', decision: decision, reason: decision === 'drop' ? reason : '', note: note });
}

function number(event) {
  const item = queue.item;
  const n = Number(event.key) - 1;
  if (!item) return false;
  if (!item.answer) choose(item, n);
  else {
    const input = document.querySelectorAll('input[name=why]')[n];
    if (input) { input.click(); input.focus(); }
  }
  return true;
}

keys({
  ...Object.fromEntries([...'123456789'].map((each) => [each, number])),
  0: () => { if (queue.item) answer(queue.item, []); },
  Enter: (event) => {
    if (event.target.matches('button:not([id^=option-])')) return false;
    if (queue.item && chosen.size) answer(queue.item);
    return true;
  },
  k: () => { if (queue.item) decide(queue.item, 'keep'); },
  d: () => { if (queue.item) decide(queue.item, 'drop'); },
  z: () => { queue.undo(); },
  l: () => { queue.later(); },
  o: () => { if (!queue.item?.answer) return false; original(queue.item.id, document.getElementById('more')); return true; },
  ...VIEW_KEYS,
}, [
  ['1 to 9', 'choose an option; after the answer, a reason'], ['Enter', 'answer'], ['0', 'not sure'], ['K', 'keep'], ['D', 'drop'],
  ['O', 'original picture, after the answer'], ['Z', 'undo'], ['L', 'later'], ...VIEW_WORDS,
]);
queue.show();
