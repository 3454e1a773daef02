'use strict';
/* The picture of a case with tools; zoom, place, brightness and marks are kept from case to case. */

const VIEW = { scale: 1, x: 0, y: 0, brightness: 1, contrast: 1, marked: true, marks: 1 };
const STEP = 0.15;
let viewing = null;

/** Return the stage of a picture, and the place below it for the original.

    `unmarked` is the address of the same picture without its mark, over which the mark can fade. */
function viewer(source, unmarked = '') {
  const picture = element('img', { src: source, alt: 'The picture that the question is about', draggable: 'false' });
  const under = element('img', { id: 'unmarked', alt: '', draggable: 'false', hidden: true });
  const layers = element('div', { class: 'layers', children: [under, picture] });
  const figure = element('figure', { class: 'stage', children: [layers] });
  const zoom = zoomable(figure, layers, VIEW);
  const fade = () => { picture.style.opacity = under.hidden ? '' : String(VIEW.marked ? VIEW.marks : 0); };
  under.addEventListener('load', () => { under.hidden = false; fade(); });
  const marks = element('span', { id: 'marks', hidden: true, children: [
    element('label', { children: [element('input', { id: 'view-marked', type: 'checkbox', checked: VIEW.marked, onchange: (event) => { VIEW.marked = event.target.checked; fade(); } }), 'Mark'] }),
    element('input', { id: 'view-marks', type: 'range', min: '0', max: '1', step: '0.05', value: String(VIEW.marks), 'aria-label': 'Strength of the mark', oninput: (event) => {
      VIEW.marks = Number(event.target.value);
      VIEW.marked = true;
      document.getElementById('view-marked').checked = true;
      fade();
    } }),
  ] });
  const light = () => { layers.style.filter = VIEW.brightness === 1 && VIEW.contrast === 1 ? '' : `brightness(${VIEW.brightness}) contrast(${VIEW.contrast})`; };
  const slider = (text, name) => element('label', { children: [text, element('input', {
    id: `view-${name}`, type: 'range', min: '0.3', max: '3', step: '0.05', value: String(VIEW[name]),
    oninput: (event) => { VIEW[name] = Number(event.target.value); light(); },
  })] });
  const tools = element('div', { class: 'tools viewing', role: 'group', 'aria-label': 'Picture', children: [
    button('−', '', () => zoom.by(1 / 1.5), { 'aria-label': 'Zoom out' }), button('+', '', () => zoom.by(1.5), { 'aria-label': 'Zoom in' }),
    slider('Brightness', 'brightness'), slider('Contrast', 'contrast'),
    marks, button('Reset', 'F', () => viewing.reset(), { id: 'reset' }),
  ] });
  light();
  viewing = {
    by: zoom.by,
    /** Let the mark be taken off, over the same picture without it. */
    unmark(address_) {
      if (!address_ || under.src) return;
      under.src = address_;
      marks.hidden = false;
    },
    toggle() {
      if (marks.hidden) return;
      VIEW.marked = !VIEW.marked;
      document.getElementById('view-marked').checked = VIEW.marked;
      fade();
    },
    reset() {
      Object.assign(VIEW, { brightness: 1, contrast: 1, marked: true, marks: 1 });
      zoom.reset();
      light();
      fade();
      document.getElementById('view-marked').checked = true;
      document.getElementById('view-marks').value = '1';
      for (const name of ['brightness', 'contrast']) document.getElementById(`view-${name}`).value = '1';
    },
    lighter(step) {
      VIEW.brightness = Math.min(3, Math.max(0.3, VIEW.brightness + step));
      document.getElementById('view-brightness').value = String(VIEW.brightness);
      light();
    },
  };
  viewing.unmark(unmarked);
  return element('div', { class: 'viewer', children: [figure, tools, element('div', { id: 'more' })] });
}

/** Return a field for a note, in which a code becomes its words as soon as it is followed by a space. */
function noteField(value, onEnter) {
  const codes = DATA.page.codes ?? {};
  const spell = (input, end) => {
    const words = input.value.replace(end ? /(^|[\s,;])(\w+)$/ : /(^|[\s,;])(\w+)(?=\s)/g, (all, before, code) => (codes[code] ? `${before}${codes[code]}` : all));
    if (words !== input.value) input.value = words;
  };
  const means = Object.entries(codes).map(([code, words]) => element('li', { children: [element('code', { text: code }), ` ${words}`] }));
  return element('div', { class: 'note', children: [
    element('label', { for: 'note', text: 'Note' }),
    element('input', {
      id: 'note', value: value, maxlength: '500', autocomplete: 'off', placeholder: Object.keys(codes).join(', '),
      oninput: (event) => spell(event.target, false), onblur: (event) => spell(event.target, true),
      onkeydown: (event) => { if (event.key === 'Enter') { spell(event.target, true); onEnter?.(); } },
    }),
    ...(means.length ? [element('details', { id: 'codes', children: [element('summary', { text: 'Codes that become words' }), element('ul', { children: means })] })] : []),
  ] });
}

const VIEW_KEYS = {
  '+': () => { viewing?.by(1.5); }, '-': () => { viewing?.by(1 / 1.5); },
  m: () => { viewing?.toggle(); }, f: () => { viewing?.reset(); }, '[': () => { viewing?.lighter(-STEP); }, ']': () => { viewing?.lighter(STEP); },
};
const VIEW_WORDS = [['wheel, + -', 'zoom the picture'], ['drag', 'move it'], ['[ ]', 'darker, lighter'], ['M', 'take the mark off, and put it on, once the key is shown'], ['F', 'fit it, and undo brightness, contrast and marks']];
