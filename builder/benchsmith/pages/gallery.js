'use strict';
/* The explorer: state in the address, tools, histograms, the wall and the dialog. */

const FEW = 7;
const SIDES = [['130', 'S'], ['180', 'M'], ['260', 'L']];
const HELP = [
  ['/', 'go to the query'], ['arrows', 'move on the wall; in a question go to the next one'], ['Enter', 'open a question'],
  ['k', 'reveal or hide the key'], ['m', 'show the same slice without marks'], ['+  −  0', 'zoom in, zoom out, fit'],
  ['wheel, drag', 'zoom and move the picture'], ['Escape', 'close'], ['?', 'these keys'],
];

/** Read the state from the address: `#q=…&sort=…&id=…`. */
function stateOfAddress() {
  const found = new URLSearchParams(location.hash.slice(1));
  const ranges = [...found].filter(([name]) => name.startsWith('m.')).map(([name, value]) => [name.slice(2), value.split('..').map((each) => (each === '' ? null : Number(each)))]);
  return { q: found.get('q') ?? '', sort: found.get('sort') ?? '', falling: found.has('falling'), id: found.get('id') ?? '', map: found.has('map'), ranges: Object.fromEntries(ranges) };
}

function addressOf(state) {
  const found = new URLSearchParams();
  for (const name of ['q', 'sort', 'id']) if (state[name]) found.set(name, state[name]);
  for (const name of ['falling', 'map']) if (state[name]) found.set(name, '1');
  for (const [name, [low, high]] of Object.entries(state.ranges)) found.set(`m.${name}`, `${low ?? ''}..${high}`);
  return `#${found}`;
}

/** Draw the page once its questions are there. */
function explorer(columns, page) {
  const state = { ...stateOfAddress(), side: '180', keys: false };
  const open = new Set();
  const numbers = new Map(columns.ids.map((id, n) => [id, n]));
  const grouped = (column) => column.reduce((all, group, n) => all.set(group, [...(all.get(group) ?? []), n]), new Map());
  const input = document.getElementById('query'), problem = document.getElementById('problem');
  let found = [], counts = {};

  const set = (changes, { replace = false } = {}) => {
    Object.assign(state, changes);
    const address = addressOf(state);
    if (address !== location.hash) history[replace ? 'replaceState' : 'pushState'](null, '', address);
    update();
  };
  const labelsOf = (n) => columns.keys[n].map((each) => columns.texts[columns.options[n][each]]).join('; ');
  const nameOn = (id, n) => {
    const axis = columns.axes.find((each) => each.id === id);
    return axis ? axis.terms[axis.column[n]][1] : '';
  };
  /** Return how a question asks: its skill, or for one that asks what is shown its granularity. */
  const formOf = (n) => {
    const skill = nameOn('skill', n).toLowerCase();
    return skill && skill !== 'recognition' ? skill : nameOn('granularity', n).replace(' Level', '').toLowerCase();
  };
  const picture = (n) => {
    const made = element('img', { alt: '', decoding: 'async', draggable: 'false' });
    loadOne('small', columns.pictures[n], page.perShard.small).then((data) => { made.src = pictureAddress(data); });
    return made;
  };
  const app = {
    columns, perShard: page.perShard, keys: () => state.keys, order: () => found,
    ofTarget: grouped(columns.targets), ofPicture: grouped(columns.pictures),
    go: (n) => set({ id: columns.ids[n] }),
    step: (by) => {
      const n = found[found.indexOf(view.at) + by];
      if (n !== undefined) set({ id: columns.ids[n] }, { replace: true });
    },
    closed: () => { if (state.id) { const n = numbers.get(state.id); set({ id: '' }); wall.focus(n); } },
    copyLink: async () => {
      try { await navigator.clipboard.writeText(location.href); announce('The link is copied'); } catch { announce(location.href); }
    },
    smallButton: (n) => element('button', {
      type: 'button', class: 'small', title: `${nameOn('granularity', n)}: ${columns.texts[columns.stems[n]]}`, onclick: () => app.go(n),
      children: [picture(n), element('span', { text: nameOn('granularity', n).replace(' Level', '') })],
    }),
  };
  const tile = (n) => element('button', {
    type: 'button', class: 'tile', 'data-id': columns.ids[n], 'aria-label': columns.texts[columns.stems[n]], onclick: () => app.go(n),
    children: [picture(n), element('span', { class: 'caption', children: [
      element('b', { class: 'name', dir: 'auto', text: state.keys && labelsOf(n) ? labelsOf(n) : nameOn('task', n) }),
      element('span', { class: 'soft', text: `${nameOn('modality', n)} · ${formOf(n)}` }),
    ] })],
  });
  const wall = pictureWall(document.getElementById('wall'), tile);
  const view = questionView(app), map = pictureMap(app);

  const histogram = (axis) => {
    const own = counts[axis.id], conditions = wordsOf(state.q).map(conditionOf);
    const on = new Set(conditions.filter((each) => each.axis === axis.id && each.holds).flatMap((each) => each.values));
    const order = axis.terms.map((_, n) => n).filter((n) => own[n] || on.has(axis.terms[n][0])).sort((a, b) => own[b] - own[a] || a - b);
    const shown = open.has(axis.id) ? order : order.slice(0, FEW);
    const most = Math.max(1, ...order.map((n) => own[n]));
    return element('section', { class: 'facet', children: [
      element('h2', { text: axis.title }),
      ...shown.map((n) => bar(axis.terms[n][1], own[n], most, on.has(axis.terms[n][0]), `${axis.id}=${axis.terms[n][0]}`, () => set({ q: toggled(state.q, axis.id, axis.terms[n][0]) }))),
      ...(order.length > FEW ? [element('button', {
        type: 'button', class: 'link', 'aria-label': `${open.has(axis.id) ? 'Fewer' : 'All'} of ${axis.title}`, text: open.has(axis.id) ? 'fewer' : `all ${order.length}`,
        onclick: () => { if (!open.delete(axis.id)) open.add(axis.id); drawFacets(); },
      })] : []),
    ] });
  };
  const bar = (name, many, most, pressed, value, take) => {
    const made = element('button', {
      type: 'button', class: 'bar-row', 'aria-pressed': String(pressed), 'data-value': value, onclick: take,
      children: [element('i'), nameOf(name), element('span', { class: 'number', text: count(many) })],
    });
    made.firstChild.style.width = `${(100 * many) / most}%`;
    return made;
  };
  const measureBars = ([name, values]) => {
    const bins = binsOf(values), chosen = state.ranges[name];
    const many = bins.map(([low, high]) => found.filter((n) => values[n] !== null && (low === null || values[n] > low) && values[n] <= high).length);
    const most = Math.max(1, ...many);
    return element('section', { class: 'facet', children: [
      element('h2', { text: name }),
      element('div', { class: 'columns', children: bins.map(([low, high], n) => {
        const on = chosen && chosen[0] === low && chosen[1] === high;
        const text = low === null ? `up to ${high}` : `above ${low}, up to ${high}`;
        const made = element('button', {
          type: 'button', 'aria-pressed': String(Boolean(on)), 'aria-label': `${name} ${text}: ${many[n]}`, title: `${text}: ${many[n]}`, 'data-value': `${name} ${high}`,
          onclick: () => { const ranges = { ...state.ranges }; if (on) delete ranges[name]; else ranges[name] = [low, high]; set({ ranges }); },
          children: [element('i')],
        });
        made.firstChild.style.height = `${Math.max(many[n] ? 4 : 0, (100 * many[n]) / most)}%`;
        return made;
      }) }),
      element('p', { class: 'soft ends', children: [element('span', { text: String(bins[0]?.[1] ?? '') }), element('span', { text: String(bins.at(-1)?.[1] ?? '') })] }),
    ] });
  };
  const drawFacets = () => keepingFocus(() => document.getElementById('facets').replaceChildren(
    ...columns.axes.map(histogram), ...Object.entries(columns.measures).map(measureBars),
  ));
  const drawTools = () => keepingFocus(() => document.getElementById('tools').replaceChildren(
    element('b', { id: 'count', text: `${count(found.length)} of ${counted(columns.ids.length, 'question')}` }),
    element('label', { children: ['Sort by', element('select', {
      id: 'sort', onchange: (event) => set({ sort: event.target.value }),
      children: [['', 'order of the release'], ...Object.keys(columns.measures).map((name) => [name, name]), ...columns.axes.map((axis) => [`axis:${axis.id}`, axis.title])]
        .map(([value, text]) => element('option', { value, text, selected: value === state.sort })),
    })] }),
    element('button', { type: 'button', id: 'falling', 'aria-pressed': String(state.falling), 'aria-label': 'Reverse the order', text: state.falling ? '↓' : '↑', onclick: () => set({ falling: !state.falling }) }),
    element('label', { children: [element('input', { type: 'checkbox', id: 'keys', onchange: (event) => { state.keys = event.target.checked; wall.show(found, false); } }), 'Show keys'] }),
    element('label', { children: [element('input', { type: 'checkbox', id: 'mapped', onchange: (event) => set({ map: event.target.checked }) }), 'Map'] }),
    choice('Size of the pictures', SIDES, state.side, (side) => { state.side = side; wall.resize(Number(side)); drawTools(); }),
    ...(state.q || Object.keys(state.ranges).length ? [element('button', { type: 'button', id: 'clear', text: 'Clear filters', onclick: () => set({ q: '', ranges: {} }) })] : []),
    element('button', { type: 'button', id: 'link', text: 'Copy link', onclick: app.copyLink }),
    element('button', { type: 'button', id: 'keys-help', 'aria-label': 'Keys', text: '?', onclick: showHelp }),
  ));
  const showHelp = () => {
    const dialog = document.getElementById('help');
    dialog.replaceChildren(element('h1', { text: 'Keys' }), element('table', { children: HELP.map(([key, text]) => element('tr', { children: [element('th', { scope: 'row', text: key }), element('td', { text })] })) }),
      element('button', { type: 'button', text: 'Close', onclick: () => dialog.close() }));
    dialog.showModal();
  };

  let last = '';
  const update = () => {
    if (input.value !== state.q && document.activeElement !== input) input.value = state.q;
    const wanted = JSON.stringify([state.q, state.ranges, state.sort, state.falling]);
    if (wanted !== last) {
      try {
        const result = filtered(columns, compile(state.q, columns), state.ranges);
        found = sorted(columns, result.found, state.sort, state.falling);
        ({ counts } = result);
        problem.hidden = true;
        last = wanted;
        wall.show(found);
        drawFacets();
        announce(`${found.length} questions`);
      } catch (error) {
        problem.textContent = error.message;
        problem.hidden = false;
      }
    }
    drawTools();
    document.getElementById('keys').checked = state.keys;
    document.getElementById('mapped').checked = state.map;
    map.show(state.map);
    const n = numbers.get(state.id);
    if (n !== undefined) { if (view.at !== n) view.open(n); } else view.close();
    if (state.id && n === undefined) { problem.textContent = `There is no question ${state.id} in this release.`; problem.hidden = false; }
  };

  queryBox(input, () => ({ columns, counts }), (q) => set({ q }, { replace: true }));
  addEventListener('popstate', () => { Object.assign(state, stateOfAddress()); input.value = state.q; update(); });
  addEventListener('hashchange', () => { Object.assign(state, stateOfAddress()); input.value = state.q; update(); });
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName)) return;
    if (event.key === '/' && !document.querySelector('dialog[open]')) { input.focus(); event.preventDefault(); }
    if (event.key === '?') showHelp();
  });
  input.value = state.q;
  document.getElementById('filters').open = matchMedia('(min-width: 60.01rem)').matches;
  update();
}

/** Complete the query as it is written; `take` is called with every change. */
function queryBox(input, known, take) {
  const list = document.getElementById('completions');
  let shown = [], start = 0, at = -1;
  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const suggest = () => {
    const { columns, counts } = known();
    ({ start, found: shown } = completions(input.value, input.selectionStart ?? input.value.length, columns, counts));
    list.replaceChildren(...shown.map((each, n) => element('li', {
      id: `completion-${n}`, role: 'option', 'aria-selected': 'false', onpointerdown: (event) => { event.preventDefault(); choose(n); },
      children: [element('code', { text: each.text }), nameOf(each.name)],
    })));
    list.hidden = !shown.length;
    input.setAttribute('aria-expanded', String(!list.hidden));
    at = -1;
  };
  const choose = (n) => {
    const text = asWord(shown[n].text);
    input.setRangeText(shown[n].more ? text : `${text} `, start, input.selectionStart ?? input.value.length, 'end');
    if (shown[n].more) suggest();
    else { close(); take(input.value.trim()); }
  };
  const mark = (n) => {
    at = (n + shown.length) % shown.length;
    [...list.children].forEach((each, i) => each.setAttribute('aria-selected', String(i === at)));
    input.setAttribute('aria-activedescendant', `completion-${at}`);
    list.children[at].scrollIntoView({ block: 'nearest' });
  };
  input.addEventListener('input', () => {
    suggest();
    try {
      compile(input.value, known().columns);
      take(input.value.trim());
    } catch { /* a half-written query is judged when it is entered */ }
  });
  input.addEventListener('focus', suggest);
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    else if (event.key === 'ArrowDown' && !list.hidden) mark(at + 1);
    else if (event.key === 'ArrowUp' && !list.hidden) mark(at < 0 ? shown.length - 1 : at - 1);
    else if (event.key === 'Enter' && at >= 0) choose(at);
    else if (event.key === 'Enter') { close(); take(input.value.trim()); }
    else return;
    event.preventDefault();
  });
}

const explored = readData();
document.getElementById('title').textContent = explored.title;
document.getElementById('subtitle').textContent = explored.subtitle;
load('questions').then((columns) => explorer(prepared(columns), explored)).catch((error) => {
  const problem = document.getElementById('problem');
  problem.textContent = `${error.message}: keep index.html beside its folder shards.`;
  problem.hidden = false;
});
