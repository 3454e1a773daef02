'use strict';
/* Results: the progress of each desk, a button that writes its results to the documents, and the people. */

document.getElementById('desk').append(
  element('h1', { class: 'unseen', text: 'Results' }),
  element('div', { class: 'sheets', children: DATA.reports.map((each) => element('section', { class: 'sheet', 'aria-label': each.title, children: [
    element('h2', { text: each.title }),
    element('table', { children: [element('tbody', { children: each.figures.map(([name, value]) => element('tr', { children: [
      element('th', { scope: 'row', class: 'name', dir: 'auto', text: name }), element('td', { class: 'number', text: value }),
    ] })) })] }),
    ...(each.notes.length ? [element('pre', { tabindex: '0', 'aria-label': `${each.title}, notes`, dir: 'auto', children: each.notes.flatMap((note) => note.split('\n')).map((line) => element('span', { class: line.startsWith('  ') ? 'line cells' : 'line', text: line })) })] : []),
    ...(each.writes ? [element('p', { class: 'row', children: [
      button(`Write to ${each.writes}`, '', (event) => write(each, event.currentTarget), { id: `write-${each.name}` }),
    ] }), element('pre', { id: `said-${each.name}`, role: 'status', hidden: true })] : []),
  ] })) }),
);
document.querySelector('.sheets').append(element('section', { class: 'sheet', 'aria-label': 'People', children: [
  element('h2', { text: 'People' }),
  element('p', { id: 'people', class: 'name', dir: 'auto', text: DATA.people.join(', ') }),
  element('form', { id: 'person', onsubmit: (event) => { event.preventDefault(); add(event.currentTarget); }, children: [
    ...[['id', 'Id, such as ann-b'], ['name', 'Name'], ['role', 'Role, such as radiologist']].map(([name, text]) => element('label', { class: 'note', children: [
      text, element('input', { name: name, maxlength: '200', autocomplete: 'off', required: name !== 'role' }),
    ] })),
    element('p', { class: 'row', children: [element('button', { type: 'submit', text: 'Add to lexicon/curators.tsv' })] }),
  ] }),
  element('div', { id: 'link', role: 'status' }),
] }));

/** Add a person, and show their link, once. */
async function add(form) {
  const place = document.getElementById('link');
  try {
    const { link, people } = await send('/people', Object.fromEntries(new FormData(form)));
    document.getElementById('people').textContent = people.join(', ');
    place.replaceChildren(
      element('p', { class: 'soft', text: `The link of ${form.elements.id.value}. It is shown once. Every desk is open to them now, with their share of the labels of Tags.` }),
      copyable('personal-link', 'link', `${location.origin}${link}`),
    );
    form.reset();
  } catch (error) {
    place.replaceChildren(element('p', { class: 'soft', text: error.message }));
  }
}

async function write(each, pressed) {
  pressed.disabled = true;
  const place = document.getElementById(`said-${each.name}`);
  try {
    const { said } = await send(`/${each.name}/write`, {});
    place.textContent = said.join('\n') || 'there is nothing to write';
  } catch (error) {
    place.textContent = error.message;
  }
  place.hidden = false;
  pressed.disabled = false;
}
