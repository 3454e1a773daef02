'use strict';
/* One question in full: its picture with zoom, options, the same target shown otherwise, provenance. */

/** Return what shows a question in the dialog. `app` has the columns, `go(n)`, `step(by)`, `keys` and `close()`. */
function questionView(app) {
  const dialog = document.getElementById('question');
  const { columns, perShard } = app;
  const granularity = columns.axes.find((axis) => axis.id === 'granularity');
  let at = -1, revealed = false, zoom = null;

  const nameAt = (axis, n) => axis.terms[axis.column[n]][1];
  const sameTarget = (n) => (columns.targets[n] < 0 ? [] : app.ofTarget.get(columns.targets[n])).filter((each) => each !== n);
  const plain = (n) => [n, ...sameTarget(n)].find((each) => granularity && granularity.terms[granularity.column[each]][0] === 'image');

  const option = (n, place) => {
    const isKey = columns.keys[n].includes(place);
    const models = Object.entries(columns.models).filter(([, given]) => given[n]?.includes(place)).map(([model]) => model);
    const text = columns.texts[columns.options[n][place]];
    return element('li', {
      class: revealed && isKey ? 'key' : '',
      children: [
        element('b', { text: LETTERS[place] }), nameOf(text),
        ...(revealed && isKey ? [element('em', { text: 'key' })] : []),
        ...models.map((model) => element('span', { class: 'model', text: model })),
      ],
    });
  };

  const strip = (title, numbers) => (numbers.length ? [
    element('h2', { text: title }),
    element('div', { class: 'strip', children: numbers.map((n) => app.smallButton(n)) }),
  ] : []);

  const table = (rows) => element('table', {
    class: 'facts-table',
    children: rows.map(([name, value]) => element('tr', { children: [element('th', { scope: 'row', text: name }), element('td', { children: [nameOf(value)] })] })),
  });

  /** Draw the question anew. */
  const draw = () => {
    const n = at, hasKey = columns.keys[n].length > 0;
    const place = app.order().indexOf(n);
    const picture = element('img', { alt: `Picture of the question: ${columns.texts[columns.stems[n]]}`, draggable: 'false' });
    const figure = element('figure', { class: 'large', children: [picture] });
    const [width, height] = columns.sizes[columns.pictures[n]];
    picture.width = width;
    picture.height = height;
    loadOne('full', columns.pictures[n], perShard.full).then((data) => { picture.src = pictureAddress(data); });
    zoom = zoomable(figure, picture);
    const provenance = element('div', { class: 'provenance' }), similar = element('div');
    const others = sameTarget(n);
    const paired = others.filter((each) => columns.pairs[n] >= 0 && columns.pairs[each] === columns.pairs[n]);
    const shown = plain(n);
    const button = (text, label, take, more = {}) => element('button', { type: 'button', text, 'aria-label': label, onclick: take, ...more });
    dialog.replaceChildren(
      element('div', { class: 'bar', children: [
        button('‹', 'Question before', () => app.step(-1), { disabled: place <= 0 }),
        element('span', { class: 'soft', text: place < 0 ? 'not among the filtered' : `${count(place + 1)} of ${count(app.order().length)}` }),
        button('›', 'Next question', () => app.step(1), { disabled: place < 0 || place >= app.order().length - 1 }),
        element('span', { class: 'grow' }),
        button('Link', 'Copy the link to this question', app.copyLink),
        button('×', 'Close', shut),
      ] }),
      element('div', { class: 'sides', children: [
        element('div', { class: 'left', children: [
          figure,
          element('div', { class: 'bar', children: [
            button('−', 'Zoom out', () => zoom.by(1 / 1.5)), button('+', 'Zoom in', () => zoom.by(1.5)), button('Fit', 'Fit the picture', () => zoom.reset()),
            ...(shown !== undefined && shown !== n ? [button('Without marks', 'Show the same slice without marks', () => app.go(shown))] : []),
            element('span', { class: 'soft', text: `${width} × ${height} pixels` }),
          ] }),
          ...strip('The same target in other views', others.filter((each) => !paired.includes(each))),
          ...strip('Counterfactuals', paired),
          similar,
        ] }),
        element('div', { class: 'right', children: [
          element('h1', { id: 'stem', children: [nameOf(columns.texts[columns.stems[n]])] }),
          element('ol', { class: 'options', children: columns.options[n].map((_, each) => option(n, each)) }),
          hasKey
            ? button(revealed ? 'Hide the key' : 'Reveal the key', revealed ? 'Hide the key' : 'Reveal the key', () => { revealed = !revealed; draw(); })
            : element('p', { class: 'soft', text: 'This split hides its answers: the key is not in this release.' }),
          element('h2', { text: 'In the tree' }),
          table(columns.axes.filter((axis) => axis.terms[axis.column[n]][0] && !axis.id.startsWith('model:') && (revealed || !['label', 'department'].includes(axis.id))).map((axis) => [axis.title, nameAt(axis, n)])),
          copyable('case-id', 'id', columns.ids[n]),
          element('details', { ontoggle: (event) => { if (event.target.open) fill(provenance, n); }, children: [element('summary', { text: 'Provenance (tells the label)' }), provenance] }),
        ] }),
      ] }),
    );
    load('similar').then(({ near }) => {
      const alike = near[columns.pictures[n]].map((each) => app.ofPicture.get(each)[0]);
      if (at === n) similar.replaceChildren(...strip('Similar pictures', alike.slice(0, 8)));
    });
  };

  const fill = async (place, n) => {
    const facts = await loadOne('facts', n, perShard.facts);
    place.replaceChildren(facts.length ? table(facts) : element('p', { class: 'soft', text: 'This release has no provenance for this question.' }));
  };

  // The event `close` comes later: a key that was pressed before it would move the focus, and be undone.
  const shut = () => { dialog.close(); app.closed(); };
  dialog.addEventListener('cancel', (event) => { event.preventDefault(); shut(); });
  dialog.addEventListener('close', () => app.closed());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) shut(); });
  dialog.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const n = plain(at);
    const take = {
      ArrowRight: () => app.step(1), ArrowLeft: () => app.step(-1),
      k: () => { revealed = !revealed; draw(); },
      m: () => { if (n !== undefined && n !== at) app.go(n); },
      '+': () => zoom.by(1.5), '-': () => zoom.by(1 / 1.5), 0: () => zoom.reset(),
    }[event.key];
    if (!take) return;
    take();
    event.preventDefault();
  });
  return {
    /** Show a question. */
    open(n) {
      if (n !== at) revealed = app.keys();
      at = n;
      draw();
      if (!dialog.open) dialog.showModal();
      dialog.scrollTop = 0;
      announce(columns.texts[columns.stems[n]]);
    },
    close() { if (dialog.open) dialog.close(); },
    get at() { return dialog.open ? at : -1; },
  };
}
