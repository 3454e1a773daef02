'use strict';
/* Home: the desks and their open items. */

const DESCRIPTIONS = {
  cases: 'Answer questions as a model sees them, then compare with the key and keep or drop them.',
  tags: 'Vote on the task and department of labels; votes of others are not shown.',
  mappings: 'Decide which label a word of a source means.',
  questions: 'Accept, edit or reject stems that a model drafted.',
  atlas: 'Browse the benchmark by axis. Keys are shown.',
};

document.getElementById('desk').append(
  element('h1', { class: 'unseen', text: 'Desks' }),
  element('ul', { class: 'doors', children: [...DATA.work.map((each) => element('li', { children: [
    element('a', { href: `/${each.name}`, class: each.open || each.name === 'atlas' ? '' : 'still', children: [
      element('b', { text: each.title }),
      element('span', { text: DESCRIPTIONS[each.name] }),
      element('span', { class: 'soft', text: each.name === 'atlas' ? 'read only' : `${count(each.open)} to do, ${count(each.done)} done` }),
    ] }),
  ] })), ...(DATA.curator ? [element('li', { children: [element('a', { href: '/results', children: [
    element('b', { text: 'Results' }),
    element('span', { text: 'See how far all desks are and how people agree, write the decisions to the documents, and let more people in.' }),
  ] })] })] : [])] }),
);
