'use strict';
/* The heat map: two axes as rows and columns, the third as a filter; a panel shows one cell. */

const AXES = ['task', 'department', 'modality'];
const HEAT_STEPS = 5, LIST_ITEMS = 40;
const data = readData();
const MEASURES = data.benchmark ? ['targets', 'questions', 'labels', 'sources', 'catalogue'] : ['labels', 'sources', 'catalogue'];
const state = { rows: data.rows, columns: data.columns, only: '', measure: MEASURES[0], cell: null };

const totals = { targets: sum('targets'), questions: sum('questions') };

/** Return the sum over all cells; each target and each question is in one. */
function sum(name) {
  return data.cells.reduce((all, cell) => all + cell[name], 0);
}

/** Return the axis that is neither rows nor columns. */
function third() {
  return AXES.find((axis) => axis !== state.rows && axis !== state.columns);
}

/** Return the displayed cells by row and column, summed over the selected terms of the third axis. */
function shownCells() {
  const cells = new Map();
  for (const each of data.cells) {
    if (state.only && each[third()] !== state.only) continue;
    const key = `${each[state.rows]} ${each[state.columns]}`;
    if (!cells.has(key)) {
      cells.set(key, { row: each[state.rows], column: each[state.columns], labels: new Set(), sources: new Set(), targets: 0, questions: 0, matches: new Map() });
    }
    const cell = cells.get(key);
    each.labels.forEach((n) => cell.labels.add(n));
    each.sources.forEach((source) => cell.sources.add(source));
    cell.targets += each.targets;
    cell.questions += each.questions;
    for (const [entry, how, word, term] of each.matches) {
      const known = cell.matches.get(entry);
      if (!known || how < known.how) cell.matches.set(entry, { entry, how, word, term });
    }
  }
  return cells;
}

/** Return the displayed number of a cell. */
function amount(cell, measure) {
  return { labels: cell.labels.size, sources: cell.sources.size, targets: cell.targets, questions: cell.questions, catalogue: cell.matches.size }[measure];
}

/** Return whether a cell has no source. */
function isOpen(cell) {
  return cell.sources.size === 0;
}

function change(next) {
  Object.assign(state, next);
  keepingFocus(render);
}

function picker(label, id, options, chosen, take) {
  return element('label', { children: [label, element('select', {
    id: id, onchange: (event) => take(event.target.value),
    children: options.map(([value, text]) => element('option', { value: value, selected: value === chosen, text: text })),
  })] });
}

function titled(axis) {
  return [axis, data.axes[axis].title];
}

function renderTools() {
  const others = (not) => AXES.filter((axis) => axis !== not).map(titled);
  const swap = (one, other) => (axis) => change({ [one]: axis, ...(state[other] === axis ? { [other]: state[one] } : {}), only: '', cell: null });
  const here = new Set(data.cells.map((cell) => cell[third()]));
  document.getElementById('tools').replaceChildren(
    picker('Rows', 'rows', AXES.map(titled), state.rows, swap('rows', 'columns')),
    picker('Columns', 'columns', others(state.rows), state.columns, swap('columns', 'rows')),
    picker(data.axes[third()].title, 'only', [['', 'all'], ...data.axes[third()].terms.filter(([id]) => here.has(id))], state.only, (only) => change({ only: only, cell: null })),
    choice('Counted', MEASURES.map((measure) => [measure, measure]), state.measure, (measure) => change({ measure: measure })),
  );
}

function render() {
  hint(null);
  renderTools();
  const cells = shownCells();
  const there = (axis, which) => data.axes[axis].terms.filter(([id]) => [...cells.values()].some((cell) => cell[which] === id));
  const down = there(state.rows, 'row'), across = there(state.columns, 'column');
  const most = Math.max(1, ...[...cells.values()].filter((cell) => !isOpen(cell)).map((cell) => amount(cell, state.measure)));
  const [rowName, columnName] = [indented(state.rows, down), indented(state.columns, across)];
  const head = element('tr', { children: [element('td'), ...across.map(([id, name]) => element('th', { scope: 'col', children: [nameOf(columnName(id, name))], title: name }))] });
  const body = down.map(([row, name]) => element('tr', { children: [
    element('th', { scope: 'row', title: name, children: [nameOf(rowName(row, name))] }),
    ...across.map(([column, other]) => element('td', { children: [cellButton(cells.get(`${row} ${column}`), name, other, most)].filter(Boolean) })),
  ] }));
  document.getElementById('map').replaceChildren(element('table', { class: 'map', children: [
    element('caption', { class: 'unseen', text: `${state.measure} by ${state.rows} and ${state.columns}` }),
    element('thead', { children: [head] }), element('tbody', { children: body }),
  ] }));
  const missing = data.benchmark ? `not in ${data.benchmark}` : 'without a recipe';
  document.getElementById('key').replaceChildren(
    element('span', { class: 'h1', text: 'few' }), element('span', { class: 'h3', text: 'more' }), element('span', { class: 'h5', text: 'most' }),
    element('span', { class: 'open', text: missing }),
    '+N: data sets of the catalogue that have its labels or its task; ·: none has',
    ...(data.benchmark ? [`; ${counted(totals.targets, 'target')} and ${counted(totals.questions, 'question')} in all`] : []),
  );
  document.querySelector('main').classList.toggle('alone', !state.cell);
  if (state.cell) renderCell(cells.get(state.cell));
}

/** Return what names a term, with a mark for each displayed term that it lies below. */
function indented(axis, shown) {
  const above = new Map(data.axes[axis].terms.map(([id, , parent]) => [id, parent]));
  const there = new Set(shown.map(([id]) => id));
  return (id, name) => {
    let depth = 0;
    for (let at = above.get(id); at; at = above.get(at)) depth += there.has(at) ? 1 : 0;
    return `${'\u203a '.repeat(depth)}${name}`;
  };
}

/** Return a cell as a button; null if the cell is empty. */
function cellButton(cell, row, column, most) {
  if (!cell) return null;
  const n = amount(cell, state.measure), key = `${cell.row} ${cell.column}`;
  const open = isOpen(cell);
  // a data set of which only the department is known may not have the task: the panel lists it, the map does not
  const near = [...cell.matches.values()].filter((match) => match.how < 2).length;
  const candidates = near ? `+${near}` : '·';
  const heat = n ? Math.max(1, Math.ceil(HEAT_STEPS * Math.log1p(n) / Math.log1p(most))) : 0;
  const lines = [`${row} × ${column}`, ...countsOfCell(cell)];
  return element('button', {
    type: 'button', 'data-cell': key, class: open ? (near ? 'open' : 'none') : heat ? `h${heat}` : 'none',
    'aria-pressed': String(state.cell === key), 'aria-label': lines.join(', '),
    text: open ? candidates : n ? count(n) : '·',
    onclick: () => change({ cell: key }),
    onpointermove: (event) => hint(lines, event), onpointerleave: () => hint(null),
    onfocus: (event) => event.target.matches(':focus-visible') && hint(lines, event.target.getBoundingClientRect()), onblur: () => hint(null),
  });
}

function countsOfCell(cell) {
  const counts = [counted(cell.labels.size, 'label')];
  if (data.benchmark) counts.push(counted(cell.targets, 'target'), counted(cell.questions, 'question'));
  counts.push(counted(cell.sources.size, data.benchmark ? 'source' : 'recipe'));
  if (cell.matches.size) counts.push(`${counted(cell.matches.size, 'data set')} of the catalogue may ${isOpen(cell) ? 'fill it' : 'add to it'}`);
  return counts;
}

const WHY_IT_MATCHES = {
  0: (f) => `its “${f.word}” is ${f.term}`,
  1: (f) => `below its “${f.word}”: ${f.term}`,
  2: (f) => `its “${f.word}” belongs to this department; its task is unknown`,
};

function renderCell(cell) {
  const panel = document.getElementById('panel');
  if (!cell) {
    panel.replaceChildren(element('p', { class: 'soft', text: 'This cell is empty.' }));
    return;
  }
  const name = (axis, id) => data.axes[axis].terms.find(([own]) => own === id)?.[1] ?? id;
  const list = (title, items) => (items.length ? [element('h2', { text: `${title} (${items.length})` }), shortList(items)] : []);
  const terms = [[state.rows, cell.row], [state.columns, cell.column], ...(state.only ? [[third(), state.only]] : [])].filter(([, id]) => id !== '*');
  const query = terms.map(([axis, id]) => `${axis}=${id}`).join(' ');
  const matches = [...cell.matches.values()].sort((a, b) => a.how - b.how || (a.entry < b.entry ? -1 : 1));
  panel.replaceChildren(
    element('h2', { children: [nameOf(`${name(state.rows, cell.row)} × ${name(state.columns, cell.column)}`)] }),
    element('p', { text: `${countsOfCell(cell).join(', ')}.` }),
    element('h2', { text: 'Query' }), copyable('query', 'query', query),
    ...list(isOpen(cell) ? 'May fill it' : 'May add to it', matches.map((match) => {
      const { name: title, recipe } = data.entries[match.entry];
      return element('li', { children: [
        nameOf(title), element('span', { class: 'soft', text: ` ${WHY_IT_MATCHES[match.how](match)}${recipe ? `; has a recipe, ${recipe}` : ''}` }),
      ] });
    })),
    ...list(data.benchmark ? 'Sources' : 'Recipes', [...cell.sources].sort().map((source) => element('li', { children: [nameOf(source)] }))),
    ...list('Labels', [...cell.labels].map((n) => data.labels[n]).sort().map((label) => element('li', { children: [nameOf(label)] }))),
  );
}

/** Return a list that shows its first items, with a button for the others. */
function shortList(items) {
  const list = element('ul', { class: 'list', children: items.slice(0, LIST_ITEMS) });
  if (items.length <= LIST_ITEMS) return list;
  const more = element('button', { type: 'button', text: `Show all ${items.length}` });
  more.addEventListener('click', () => { list.append(...items.slice(LIST_ITEMS)); more.remove(); });
  return element('div', { children: [list, more] });
}

document.getElementById('title').textContent = data.title;
document.getElementById('subtitle').textContent = data.subtitle;
document.getElementById('unmatched').replaceChildren(...Object.entries(data.unmatched).map(([column, words]) => (
  element('p', { text: `${column}: ${words.map(([word, n]) => `${word} (${n})`).join(', ') || 'none'}` })
)));
render();
