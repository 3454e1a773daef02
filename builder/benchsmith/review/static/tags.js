'use strict';
/* Tags: vote on the task and department of a label, shown with its names and pictures. */

const AXES = ['task', 'department'];
let vote = {};

const queue = new Queue(draw, (item) => item.examples.map(exampleAddress));

function draw(item) {
  const desk = document.getElementById('desk');
  vote = { task: item?.voted?.task ?? '', department: item?.voted?.department ?? '' };
  if (!item) {
    desk.replaceChildren(nothingLeft(() => queue.undo()));
    return;
  }
  desk.replaceChildren(element('div', { class: 'two', children: [
    element('section', { 'aria-label': 'The label', children: [
      element('h1', { class: 'name', dir: 'auto', text: item.name }),
      facts([
        ['modality', item.modality || 'any'], ['below', item.line.join(' / ')],
        ['synonyms', item.synonyms.join(', ')], ['MeSH', item.mesh], ['note', item.note],
      ]),
      element('h2', { text: 'Pictures' }),
      examples(item.examples),
    ] }),
    element('section', { 'aria-label': 'Your vote', children: [
      ...AXES.map((axis) => {
        const group = chips(axis, `Its ${axis}`, DATA.page[axis], vote[axis], (value) => { vote[axis] = value; ready(); });
        group.addEventListener('keydown', (event) => typed(event, group));
        return group;
      }),
      element('p', { class: 'row', children: [
        button('Vote', 'Enter', send_, { class: 'main', id: 'vote' }),
        button('Not sure', '0', skip, { id: 'unsure' }),
        button('Undo', 'Z', () => queue.undo()),
      ] }),
      element('p', { class: 'soft', text: 'Keys: T and D go to task and department; typing letters finds a name there. A guess counts as a vote: if you are not sure, say so, and another person is asked.' }),
    ] }),
  ] }));
  ready();
  focusOn('task');
}

function ready() {
  document.getElementById('vote').disabled = !AXES.every((axis) => vote[axis]);
}

function focusOn(axis) {
  const group = [...document.querySelectorAll(`input[name=${axis}]`)];
  (group.find((each) => each.checked) ?? group[0])?.focus({ preventScroll: true });
}

/* letters typed in quick succession form the beginning of a name */
let letters = '';
let last = 0;

function typed(event, group) {
  if (event.ctrlKey || event.metaKey || event.altKey || !/^\p{L}$/u.test(event.key)) return;
  letters = event.timeStamp - last < 900 ? letters + event.key.toLowerCase() : event.key.toLowerCase();
  last = event.timeStamp;
  const found = [...group.querySelectorAll('label')].find((each) => each.textContent.trim().toLowerCase().startsWith(letters));
  if (!found) return;
  found.querySelector('input').click();
  found.querySelector('input').focus();
  event.preventDefault();
  event.stopPropagation();
}

async function send_() {
  if (!AXES.every((axis) => vote[axis])) return;
  await queue.act({ ...vote });
}

async function skip() {
  await queue.act({ do: 'skip' });
}

keys({
  t: () => focusOn('task'),
  d: () => focusOn('department'),
  Enter: (event) => { if (event.target.matches('button')) return false; send_(); return true; },
  0: skip,
  z: () => { queue.undo(); },
}, [
  ['T, D', 'go to task, department'], ['letters', 'find a name there'], ['Enter', 'vote'], ['0', 'not sure'], ['Z', 'undo'],
]);
queue.show();
