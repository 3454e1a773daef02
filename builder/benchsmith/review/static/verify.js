'use strict';
/* Verify: picture, options and key; is the key right? */

let reason = '';

const queue = new Queue(draw, (item) => [item.picture]);

function draw(item) {
  const desk = document.getElementById('desk');
  if (!item) {
    desk.replaceChildren(nothingLeft(() => queue.undo()));
    return;
  }
  reason = item.said?.reason ?? '';
  desk.replaceChildren(
    element('div', { class: 'case', children: [
      viewer(item.picture, item.unmarked),
      element('section', { id: 'panel', 'aria-label': 'The question and its key', children: panel(item) }),
    ] }),
  );
}

function panel(item) {
  const options = element('ol', { class: 'options', 'aria-label': 'Options', children: item.options.map((text, n) => {
    const right = item.key.includes(n);
    return element('li', { children: [element('button', {
      type: 'button', disabled: true, class: right ? 'right' : '',
      children: [element('b', { text: LETTERS[n] }), nameOf(text), right ? element('span', { class: 'mark', text: 'key' }) : null].filter(Boolean),
    })] });
  }) });
  return [
    element('h1', { class: 'name', dir: 'auto', text: item.stem }),
    ...(item.several ? [element('p', { class: 'soft', text: 'Several options may be right.' })] : []),
    options,
    element('p', { children: [element('b', { text: `Key: ${item.letters}` })] }),
    element('p', { class: 'soft name', dir: 'auto', text: item.about.join(', ') }),
    ...(item.withheld ? [element('p', { class: 'soft', id: 'withheld', text: 'The release does not include this picture, since its licence forbids redistribution.' })] : []),
    element('p', { class: 'row', children: [
      button('Key right', 'R', () => judge('right'), { class: 'main', id: 'right' }),
      button('Key wrong', 'W', () => judge('wrong'), { id: 'wrong', class: 'drop' }),
      button('Cannot tell', '0', () => judge('cannot-tell'), { id: 'cannot-tell' }),
    ] }),
    element('div', { class: 'decide', children: [
      chips('why', 'or the question is unfair, because', DATA.page.why, reason, (value) => { reason = value; }, DATA.page.why.map((_, n) => String(n + 1))),
      noteField(item.said?.note ?? ''),
      button('Unfair', 'U', () => judge('unfair'), { id: 'unfair', class: 'drop' }),
    ] }),
    element('p', { class: 'row quiet', children: [button('Undo', 'Z', () => queue.undo()), button('Later', 'L', () => queue.later()), button('Original', 'O', () => original(item.id, document.getElementById('more')))] }),
  ];
}

async function judge(verdict) {
  const item = queue.item;
  if (!item) return;
  const note = document.getElementById('note').value;
  await queue.act({ verdict: verdict, reason: verdict === 'unfair' ? reason : '', note: note });
}

function number(event) {
  const input = document.querySelectorAll('input[name=why]')[Number(event.key) - 1];
  if (!queue.item || !input) return false;
  input.click();
  input.focus();
  return true;
}

keys({
  ...Object.fromEntries([...'123456789'].map((each) => [each, number])),
  0: () => { judge('cannot-tell'); },
  r: () => { judge('right'); },
  w: () => { judge('wrong'); },
  u: () => { judge('unfair'); },
  z: () => { queue.undo(); },
  l: () => { queue.later(); },
  o: () => { if (!queue.item) return false; original(queue.item.id, document.getElementById('more')); return true; },
  ...VIEW_KEYS,
}, [
  ['R', 'the key is right'], ['W', 'the key is wrong'], ['0', 'cannot tell'], ['1 to 9', 'a reason'], ['U', 'unfair'],
  ['O', 'original picture'], ['Z', 'undo'], ['L', 'later'], ...VIEW_WORDS,
]);
queue.show();
