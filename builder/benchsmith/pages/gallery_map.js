'use strict';
/* The map of the pictures: filtered ones in colour, the others faint; a click opens the nearest one. */

const POINT_PX = 3, REACH_PX = 12, HUES = 10;

/** Return the map; `app` has the columns, `order()` and `go(n)`. */
function pictureMap(app) {
  const place = document.getElementById('map'), canvas = document.getElementById('points'), note = document.getElementById('mapnote');
  const { columns } = app;
  let places = null, side = 1, by = 'task', drawn = [];

  const colours = (axis) => {
    const style = getComputedStyle(document.documentElement);
    const times = new Map();
    for (const n of app.order()) times.set(axis.column[n], (times.get(axis.column[n]) ?? 0) + 1);
    const common = [...times].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, HUES).map(([term]) => term);
    return { common, hue: (term) => style.getPropertyValue(common.includes(term) ? `--line${common.indexOf(term) % 6}` : '--soft') };
  };

  const draw = () => {
    if (place.hidden || !places) return;
    const box = canvas.getBoundingClientRect(), dense = devicePixelRatio || 1;
    canvas.width = Math.round(box.width * dense);
    canvas.height = Math.round(box.height * dense);
    const pen = canvas.getContext('2d');
    pen.scale(dense, dense);
    const at = (picture) => places[picture].map((value, axis) => 8 + (value / side) * ((axis ? box.height : box.width) - 16));
    pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--line');
    for (let picture = 0; picture < places.length; picture += 1) {
      const [x, y] = at(picture);
      pen.fillRect(x - 1, y - 1, 2, 2);
    }
    const axis = columns.axes.find((each) => each.id === by) ?? columns.axes[0];
    const { common, hue } = colours(axis);
    drawn = app.order().map((n) => [n, ...at(columns.pictures[n])]);
    for (const [n, x, y] of drawn) {
      pen.fillStyle = hue(axis.column[n]);
      pen.beginPath();
      pen.arc(x, y, POINT_PX, 0, 2 * Math.PI);
      pen.fill();
    }
    note.replaceChildren(
      'Pictures that look alike lie near each other. Colours: ',
      element('select', {
        'aria-label': 'Axis of the colours',
        onchange: (event) => { by = event.target.value; draw(); },
        children: columns.axes.map((each) => element('option', { value: each.id, text: each.title, selected: each.id === axis.id })),
      }),
      ...common.slice(0, 6).map((term, n) => element('span', { class: `legend l${n}`, children: [nameOf(axis.terms[term][1])] })),
    );
  };

  const nearest = (event) => {
    const box = canvas.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    let best = null, least = REACH_PX ** 2;
    for (const each of drawn) {
      const distance = (each[1] - x) ** 2 + (each[2] - y) ** 2;
      if (distance < least) [best, least] = [each, distance];
    }
    return best?.[0];
  };
  canvas.addEventListener('click', (event) => {
    const n = nearest(event);
    if (n !== undefined) app.go(n);
  });
  canvas.addEventListener('pointermove', (event) => {
    const n = nearest(event);
    canvas.classList.toggle('on', n !== undefined);
    hint(n === undefined ? null : [columns.texts[columns.stems[n]], ...columns.options[n].map((each) => columns.texts[each])], event);
  });
  canvas.addEventListener('pointerleave', () => hint(null));
  new ResizeObserver(draw).observe(canvas);

  return {
    draw,
    async show(on) {
      place.hidden = !on;
      if (on && !places) ({ map: places, side } = await load('similar'));
      draw();
    },
  };
}
