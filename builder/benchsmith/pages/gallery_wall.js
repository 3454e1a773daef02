'use strict';
/* The wall: only the rows in view have elements, however many questions there are. */

const TILE_GAP = 10, CAPTION = 46;

/** Return a wall in an element; `tile(n)` makes the button of a question. */
function pictureWall(place, tile) {
  let order = [], side = 180, columns = 1, shown = new Map(), waiting = false;
  const inner = element('div', { class: 'inner' });
  place.replaceChildren(inner);

  const rowHeight = () => side + CAPTION + TILE_GAP;
  const measure = () => {
    const width = place.clientWidth - 2 * TILE_GAP;
    columns = Math.max(1, Math.floor((width + TILE_GAP) / (side + TILE_GAP)));
    inner.style.height = `${Math.ceil(order.length / columns) * rowHeight() + TILE_GAP}px`;
    inner.style.setProperty('--side', `${side}px`);
  };
  const draw = () => {
    waiting = false;
    const first = Math.max(0, Math.floor(place.scrollTop / rowHeight()) - 1) * columns;
    const last = Math.min(order.length, (Math.ceil((place.scrollTop + place.clientHeight) / rowHeight()) + 1) * columns);
    const wanted = new Map();
    const free = place.clientWidth - columns * side - (columns - 1) * TILE_GAP;
    for (let at = first; at < last; at += 1) {
      const n = order[at];
      const made = shown.get(n) ?? tile(n);
      made.style.transform = `translate(${free / 2 + (at % columns) * (side + TILE_GAP)}px, ${TILE_GAP + Math.floor(at / columns) * rowHeight()}px)`;
      wanted.set(n, made);
    }
    for (const [n, made] of shown) if (!wanted.has(n)) made.remove();
    for (const [n, made] of wanted) if (!shown.has(n)) inner.append(made);
    shown = wanted;
  };
  const later = () => {
    if (!waiting) requestAnimationFrame(draw);
    waiting = true;
  };
  place.addEventListener('scroll', later, { passive: true });
  new ResizeObserver(() => { measure(); later(); }).observe(place);

  /** Bring the question at a place of the order into view, and give it the focus. */
  const focusAt = (at) => {
    if (at < 0 || at >= order.length) return;
    const top = Math.floor(at / columns) * rowHeight();
    if (top < place.scrollTop) place.scrollTop = top;
    else if (top + rowHeight() > place.scrollTop + place.clientHeight) place.scrollTop = top + rowHeight() - place.clientHeight + TILE_GAP;
    draw();
    shown.get(order[at])?.focus({ preventScroll: true });
  };
  place.addEventListener('keydown', (event) => {
    const at = order.findIndex((n) => shown.get(n) === document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (at < 0 || !step) return;
    focusAt(at + step);
    event.preventDefault();
  });

  return {
    /** Show other questions, from the top. */
    show(found, anew = true) {
      order = found;
      if (anew) place.scrollTop = 0;
      for (const made of shown.values()) made.remove();
      shown = new Map();
      measure();
      draw();
    },
    /** Change the side of the tiles in pixels. */
    resize(pixels) {
      side = pixels;
      this.show(order, false);
    },
    focus(n) { focusAt(order.indexOf(n)); },
    get order() { return order; },
  };
}
