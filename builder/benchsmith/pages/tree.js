'use strict';
/* The tree page: display state, and the controls that change it. The URL hash stores the state. */

const TABLE_ROWS = 60, MAX_PICTURES = 12;
const data = readData();
const axes = Object.fromEntries(Object.entries(data.axes).map(([name, spec]) => [name, makeAxis(name, spec)]));
const worlds = Object.fromEntries(Object.entries(data.worlds).map(([mode, spec]) => [mode, {
  mode, axes, views: data.views, ...makeRows(axes, spec.axes, spec.rows),
}]));
const SIZES = { built: ['questions', 'targets', 'labels'], placed: ['labels'] };
const start = worlds.built ? 'built' : 'placed';
const state = { mode: start, size: SIZES[start][0], shape: 'sunburst', order: [...data.order], steps: [] };

/** Return the displayed world, and all of its rows. */
function shownWorld() {
  const world = worlds[state.mode];
  return { world, whole: { rows: world.all, mask: ~0 } };
}

/** Return the axes of the rings in the displayed world. */
function ringsOf(world) {
  const rings = state.order.filter((name) => world.names.includes(name) || (name === 'granularity' && world.mode === 'built'));
  return rings.length ? rings : ['label'];
}

/** Change the display state and store it in the URL hash. */
function change(next, focus) {
  Object.assign(state, next);
  if (!SIZES[state.mode].includes(state.size)) state.size = SIZES[state.mode][0];
  const address = `#${addressOf()}`;
  if (location.hash !== address) history.pushState(null, '', address);
  keepingFocus(() => render(focus));
}

/** Return the URL hash of the display state. */
function addressOf() {
  const at = state.steps.map(({ axis, term, exact }) => (
    `${axis}:${term < 0 ? '' : axes[axis].terms[term][0]}${exact && term >= 0 ? ':itself' : ''}`
  ));
  return new URLSearchParams({
    mode: state.mode, size: state.size, shape: state.shape, rings: state.order.join(','), at: at.join(','),
  }).toString();
}

/** Restore the display state from the URL hash; invalid values are ignored. */
function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (worlds[given.get('mode')]) state.mode = given.get('mode');
  state.size = SIZES[state.mode].includes(given.get('size')) ? given.get('size') : SIZES[state.mode][0];
  if (['sunburst', 'icicle'].includes(given.get('shape'))) state.shape = given.get('shape');
  const rings = (given.get('rings') ?? '').split(',').filter((name) => axes[name]);
  if (rings.length) state.order = [...new Set(rings)];
  state.steps = (given.get('at') ?? '').split(',').flatMap((each) => {
    const [axis, id, itself] = each.split(':');
    if (!axes[axis]) return [];
    const term = axes[axis].terms.findIndex(([own]) => own === id);
    return term < 0 && id ? [] : [{ axis, term, exact: term < 0 || itself === 'itself' }];
  });
}

function up() {
  if (state.steps.length) change({ steps: state.steps.slice(0, -1) }, 'chart');
}

/** Redraw everything. */
function render(focus) {
  hint(null);
  const { world, whole } = shownWorld();
  const selection = select(world, whole, state.steps);
  const rings = ringsOf(world);
  renderTools(world);
  renderRings(world, rings);
  renderPath(world);
  const nodes = nodesBelow(world, selection, state.steps, rings, state.size, SMALLEST[state.shape]);
  const chart = draw(world, nodes, state.shape, state.size, (node) => change({ steps: node.steps }, 'chart'), up);
  const nothing = element('p', { class: 'soft', text: `${data.benchmark} has nothing here; the lexicon may have.` });
  document.getElementById('drawing').replaceChildren(selection.rows.length ? chart : nothing);
  renderPanel(world, selection, rings, nodes);
  if (focus === 'chart') chart.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
  else if (focus) document.getElementById(focus)?.focus();
}

function renderTools(world) {
  const tools = [];
  if (worlds.built) {
    tools.push(choice('Counted', [['built', data.benchmark], ['placed', 'whole lexicon']], state.mode, (mode) => change({ mode: mode, steps: [] })));
  }
  tools.push(choice('Shape', [['sunburst', 'Sunburst'], ['icicle', 'Icicle']], state.shape, (shape) => change({ shape: shape })));
  if (SIZES[world.mode].length > 1) {
    tools.push(choice('Size', SIZES[world.mode].map((size) => [size, `by ${size}`]), state.size, (size) => change({ size: size })));
  }
  document.getElementById('tools').replaceChildren(...tools);
}

/** Draw the ring axes as a reorderable list, followed by the unused axes. */
function renderRings(world, rings) {
  const move = (from, to, focus) => {
    const order = [...rings];
    order.splice(to, 0, ...order.splice(from, 1));
    change({ order: order }, focus);
  };
  const items = rings.map((name, n) => element('li', { 'data-axis': name, children: [
    element('span', { text: `${n + 1} ${axes[name].title}` }),
    element('button', { type: 'button', id: `in-${name}`, 'aria-label': `Move ${axes[name].title} inwards`, disabled: n === 0, text: '◂', onclick: () => move(n, n - 1, `in-${name}`) }),
    element('button', { type: 'button', id: `out-${name}`, 'aria-label': `Move ${axes[name].title} outwards`, disabled: n === rings.length - 1, text: '▸', onclick: () => move(n, n + 1, `out-${name}`) }),
    element('button', { type: 'button', 'aria-label': `Leave out ${axes[name].title}`, disabled: rings.length === 1, text: '✕', onclick: () => change({ order: rings.filter((each) => each !== name) }) }),
  ] }));
  const others = [...world.names, ...(world.mode === 'built' ? ['granularity'] : [])].filter((name) => !rings.includes(name));
  document.getElementById('axes').replaceChildren(
    element('span', { text: 'Rings' }), element('ol', { children: items }),
    ...others.map((name) => element('button', { type: 'button', 'data-add': name, text: `+ ${axes[name].title}`, onclick: () => change({ order: [...rings, name] }) })),
  );
}

function renderPath(world) {
  const all = state.mode === 'built' ? data.benchmark : 'The lexicon';
  const crumbs = [{ text: all, steps: [] }, ...state.steps.map((step, n) => ({ text: nameOfStep(world, step, state.steps.slice(0, n)), steps: state.steps.slice(0, n + 1) }))];
  document.getElementById('path').replaceChildren(...crumbs.flatMap((crumb, n) => {
    const last = n === crumbs.length - 1;
    const name = nameOf(crumb.text);
    const shown = last ? element('b', { 'aria-current': 'true', children: [name] })
      : element('button', { type: 'button', class: 'link', onclick: () => change({ steps: crumb.steps }), children: [name] });
    return [...(n ? [element('span', { class: 'at', 'aria-hidden': 'true', text: '›' })] : []), shown];
  }));
}

/** Draw the panel of the selection: counts, query, command, pictures, parts. */
function renderPanel(world, selection, rings, nodes) {
  const counts = countsOf(selection);
  const query = queryOf(world, state.steps);
  const facts = [['labels', counts.labels]];
  if (world.mode === 'built') facts.push(['targets', counts.targets], ['questions', counts.questions], ['sources', counts.sources]);
  const panel = [
    element('ul', { class: 'facts', children: facts.map(([what, n]) => element('li', { 'data-count': what, children: [element('b', { text: count(n) }), element('span', { text: n === 1 ? what.slice(0, -1) : what })] })) }),
    element('h2', { text: 'Query' }),
    query ? copyable('query', 'query', query) : element('p', { id: 'query', class: 'soft', text: 'Select a part to see its query.' }),
  ];
  if (data.benchmark) {
    const to = state.steps.length ? query.replace(/\w+!?=|\/\*\*/g, '').replace(/[^a-z0-9-]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60) : 'everything';
    panel.push(element('h2', { text: 'Command for this subset' }), copyable('command', 'command', `benchsmith subset ${quoted(query)} --from ${word(data.benchmark)} --to ${to || 'subset'}`));
  } else if (query) {
    panel.push(element('h2', { text: 'Line for a benchmark file' }), copyable('command', 'line', `subset: ${query}`));
  }
  panel.push(...pictures(world));
  panel.push(...partsTable(world, selection, rings, nodes));
  document.getElementById('panel').replaceChildren(...panel);
}

/** Return example pictures of the selection. */
function pictures(world) {
  if (world.mode !== 'built') return [];
  const fitting = [];
  for (const picture of data.pictures) {
    const row = world.all[picture.row];
    const one = select(world, { rows: [{ ...row, views: 1 << picture.view }], mask: ~0 }, state.steps);
    if (one.rows.length) fitting.push({ ...picture, row });
  }
  if (!fitting.length) return [];
  // pictures are sorted by place, so every n-th covers as much of the tree as possible
  const stride = Math.max(1, fitting.length / MAX_PICTURES);
  const shown = Array.from({ length: Math.min(MAX_PICTURES, fitting.length) }, (_, n) => fitting[Math.floor(n * stride)]);
  return [element('h2', { text: 'Examples' }), element('ul', { class: 'pictures', children: shown.map(({ row, view, id, jpeg }) => {
    const label = axes.label.terms[row.v.label]?.[2] ?? axes.label.none;
    const term = data.views[view];
    const seen = term < 0 ? '' : axes.granularity.terms[term][2];
    return element('li', { children: [element('figure', { children: [
      element('img', { src: `data:image/jpeg;base64,${jpeg}`, alt: `${label}, ${seen}`, title: id, loading: 'lazy' }),
      element('figcaption', { children: [nameOf(label), element('br'), seen] }),
    ] })] });
  }) })];
}

/** Return the table of all parts of the selection. */
function partsTable(world, selection, rings, nodes) {
  const found = parts(world, selection, state.steps, rings);
  if (!found) return [];
  const ranked = rankedParts(world, found, state.size, state.steps);
  const hues = new Map(nodes.filter((node) => node.depth === 1 && !node.rest).map((node) => [node.name, node.hue]));
  const columns = world.mode === 'built' ? ['labels', 'targets', 'questions'] : ['labels'];
  const line = (part) => element('tr', { children: [
    element('td', { children: [element('div', { class: 'part', children: [
      element('span', { class: `swatch c${hues.get(part.name) ?? 8}` }),
      element('button', { type: 'button', class: 'link', onclick: () => change({ steps: [...state.steps, part.step] }, 'chart'), children: [nameOf(part.name)] }),
    ] })] }),
    ...columns.map((column) => element('td', { class: 'number', text: count(part.counts[column]) })),
  ] });
  const body = element('tbody', { children: ranked.slice(0, TABLE_ROWS).map(line) });
  const shown = [element('h2', { text: axes[found.axis].title }), element('table', { class: 'parts', children: [
    element('thead', { children: [element('tr', { children: [element('th', { scope: 'col', text: counted(ranked.length, 'part') }), ...columns.map((column) => element('th', { scope: 'col', class: 'number', text: column }))] })] }),
    body,
  ] })];
  if (ranked.length > TABLE_ROWS) {
    const more = element('button', { type: 'button', text: `Show all ${ranked.length}` });
    more.addEventListener('click', () => { body.append(...ranked.slice(TABLE_ROWS).map(line)); more.remove(); });
    shown.push(more);
  }
  return shown;
}

/** Return the count of a term as text, for the search box. */
function countText(axis, term) {
  const { world, whole } = shownWorld();
  if (axis.name !== 'granularity' && !world.names.includes(axis.name)) return '';
  const counts = countsOf(select(world, whole, [{ axis: axis.name, term: term, exact: false }]));
  return counted(counts[state.size], state.size.slice(0, -1));
}

document.getElementById('title').textContent = data.title;
document.getElementById('subtitle').textContent = data.subtitle;
searchBox(axes, countText, (axis, term) => change({ steps: [{ axis: axis.name, term: term, exact: false }] }, 'search'));
addEventListener('popstate', () => { readAddress(); render(); });
readAddress();
render();
