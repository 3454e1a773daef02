'use strict';
/* The plane of the source's picture that a case was cut from: scroll its neighbours, change the window. */

/** Show the source picture of a case, with controls for plane and window. */
async function original(id, place) {
  let about;
  try {
    about = await ask(`/${DATA.desk}/ask/original`, { id: id });
  } catch (error) {
    trouble(error.message);
    return;
  }
  const at = { axis: about.axis, index: about.index, level: (about.window[0] + about.window[1]) / 2, width: about.window[1] - about.window[0] };
  const span = about.high - about.low;
  const image = element('img', { id: 'plane', alt: '' });
  const box = svg('svg', { viewBox: '0 0 1 1', preserveAspectRatio: 'none', class: 'box', 'aria-hidden': 'true' });
  if (about.box) box.append(svg('rect', { x: about.box[0], y: about.box[1], width: about.box[2], height: about.box[3] }));
  const caption = element('p', { id: 'at', class: 'soft', 'aria-live': 'polite' });
  const index = slider('Plane', 'index', 0, about.planes[at.axis] - 1, 1, (value) => { at.index = value; });
  const level = slider('Level', 'level', about.low - span, about.high + span, span / 500, (value) => { at.level = value; });
  const width = slider('Width', 'width', span / 500, span * 2, span / 500, (value) => { at.width = value; });
  const mark = element('label', { children: ['Mark', element('input', { id: 'set-mark', type: 'range', min: '0', max: '1', step: '0.05', value: '1', 'aria-label': 'Opacity of the mark', oninput: (event) => { box.style.opacity = event.target.value; } })] });
  let wanted = 0;
  function show() {
    const own = ++wanted;
    const given = { id: id, axis: at.axis, index: String(at.index), low: String(at.level - at.width / 2), high: String(at.level + at.width / 2) };
    const next = new Image();
    next.onload = () => {
      if (own !== wanted) return;
      image.src = next.src;
      image.alt = `Plane ${at.index} of ${about.planes[at.axis]}, ${at.axis}`;
      box.toggleAttribute('hidden', at.axis !== about.axis || at.index !== about.index);
      image.dataset.at = `${at.axis} ${at.index}`;
    };
    next.src = address(`/${DATA.desk}/picture`, given);
    caption.textContent = `${at.axis} ${at.index} of 0 to ${about.planes[at.axis] - 1}${about.windowed ? `; level ${shorter(at.level)}, width ${shorter(at.width)} ${about.unit}` : ''}`;
  }
  function slider(text, name, least, most, step, take) {
    const input = element('input', { id: `set-${name}`, type: 'range', min: String(least), max: String(most), step: String(step), value: String(at[name]), oninput: (event) => { take(Number(event.target.value)); show(); } });
    return element('label', { children: [text, input] });
  }
  function move(step) {
    const input = document.getElementById('set-index');
    at.index = Math.min(about.planes[at.axis] - 1, Math.max(0, at.index + step));
    input.value = String(at.index);
    show();
  }
  const planes = Object.keys(about.planes);
  const stage = element('div', { class: 'boxed', id: 'stage', tabindex: '0', role: 'group', 'aria-label': 'Original picture: the up and down keys change the plane', children: [image, box],
    onkeydown: (event) => { if (event.key === 'ArrowUp' || event.key === 'ArrowDown') { event.preventDefault(); move(event.key === 'ArrowUp' ? 1 : -1); } } });
  stage.addEventListener('wheel', (event) => { event.preventDefault(); move(event.deltaY < 0 ? 1 : -1); }, { passive: false });
  stage.addEventListener('pointerdown', (event) => { if (about.windowed) stage.setPointerCapture(event.pointerId); });
  stage.addEventListener('pointermove', (event) => {
    if (!about.windowed || !stage.hasPointerCapture(event.pointerId)) return;
    at.width = Math.max(span / 500, at.width + event.movementX * span / 400);
    at.level -= event.movementY * span / 400;
    document.getElementById('set-level').value = String(at.level);
    document.getElementById('set-width').value = String(at.width);
    show();
  });
  place.replaceChildren(
    element('h2', { text: 'Original picture of the source' }),
    element('div', { class: 'original', children: [stage, element('div', { class: 'sliders', children: [
      ...(planes.length > 1 ? [element('span', { class: 'choice', role: 'group', 'aria-label': 'Axis', children: planes.map((name) => element('button', { type: 'button', 'data-plane': name, 'aria-pressed': String(name === at.axis), text: name, onclick: () => {
        at.axis = name;
        at.index = name === about.axis ? about.index : Math.floor(about.planes[name] / 2);
        for (const each of document.querySelectorAll('[data-plane]')) each.setAttribute('aria-pressed', String(each.dataset.plane === name));
        const input = document.getElementById('set-index');
        input.max = String(about.planes[name] - 1);
        input.value = String(at.index);
        show();
      } })) })] : []),
      index, ...(about.windowed ? [level, width] : []), ...(about.box ? [mark] : []), caption,
      element('p', { class: 'soft', text: about.windowed ? 'Wheel or arrow keys: change the plane. Drag vertically: level; horizontally: width.' : 'This picture is shown as stored.' }),
    ] })] }),
  );
  show();
}

function shorter(number) {
  return Number(number.toPrecision(3)).toLocaleString('en-GB');
}
