'use strict';
/* Results: the progress of each desk, and a button that writes its results to the documents. */

document.getElementById('desk').append(
  element('h1', { class: 'unseen', text: 'Results' }),
  element('div', { class: 'sheets', children: DATA.reports.map((each) => element('section', { class: 'sheet', 'aria-label': each.title, children: [
    element('h2', { text: each.title }),
    element('table', { children: [element('tbody', { children: each.figures.map(([name, value]) => element('tr', { children: [
      element('th', { scope: 'row', class: 'name', dir: 'auto', text: name }), element('td', { class: 'number', text: value }),
    ] })) })] }),
    ...(each.notes.length ? [element('pre', { tabindex: '0', 'aria-label': `${each.title}, notes`, dir: 'auto', text: each.notes.join('\n') })] : []),
    ...(each.writes ? [element('p', { class: 'row', children: [
      button(`Write to ${each.writes}`, '', (event) => write(each, event.currentTarget), { id: `write-${each.name}` }),
    ] }), element('pre', { id: `said-${each.name}`, role: 'status', hidden: true })] : []),
  ] })) }),
);

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
