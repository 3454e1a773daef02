'use strict';
/* What there is to do. */

const WHAT = {
  cases: 'Answer questions as a model sees them, then judge each beside its key.',
  tags: 'Give labels their task and department; nobody sees what others chose.',
  mappings: 'Say what a source’s word stands for.',
  questions: 'Accept, edit or reject stems that a model drafted.',
  atlas: 'Look through the benchmark along the tree. Keys are shown.',
};

document.getElementById('desk').append(
  element('h1', { class: 'unseen', text: 'Desks' }),
  element('ul', { class: 'doors', children: DATA.work.map((each) => element('li', { children: [
    element('a', { href: `/${each.name}`, children: [
      element('b', { text: each.title }),
      element('span', { text: WHAT[each.name] }),
      element('span', { class: 'soft', text: each.name === 'atlas' ? 'look around' : `${count(each.open)} to do, ${count(each.done)} done` }),
    ] }),
  ] })) }),
);
