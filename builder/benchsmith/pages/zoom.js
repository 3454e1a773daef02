'use strict';
/* Zoom and pan a picture: the wheel, two fingers, dragging, a double click. */

const MAX_ZOOM = 12;

/** Make a figure zoom with the wheel and with two fingers, and pan by dragging. Return `reset` and `by`.

    `view` holds scale and place in pixels; whoever gives the same one again keeps them. */
function zoomable(figure, picture, view = { scale: 1, x: 0, y: 0 }) {
  const fingers = new Map();
  const apply = () => {
    picture.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    figure.classList.toggle('zoomed', view.scale > 1);
  };
  const around = (factor, clientX, clientY) => {
    const box = figure.getBoundingClientRect();
    const before = view.scale;
    view.scale = Math.min(MAX_ZOOM, Math.max(1, before * factor));
    const dx = clientX - box.left - box.width / 2, dy = clientY - box.top - box.height / 2;
    view.x = view.scale === 1 ? 0 : dx - (dx - view.x) * (view.scale / before);
    view.y = view.scale === 1 ? 0 : dy - (dy - view.y) * (view.scale / before);
    apply();
  };
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { distance: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 };
  };
  figure.addEventListener('wheel', (event) => {
    event.preventDefault();
    around(event.deltaY < 0 ? 1.2 : 1 / 1.2, event.clientX, event.clientY);
  }, { passive: false });
  figure.addEventListener('pointerdown', (event) => {
    fingers.set(event.pointerId, event);
    figure.setPointerCapture(event.pointerId);
  });
  figure.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const pinch = fingers.size === 2 ? spread() : null;
    fingers.set(event.pointerId, event);
    if (pinch) {
      const now = spread();
      around(now.distance / Math.max(1, pinch.distance), now.clientX, now.clientY);
    } else if (view.scale > 1) {
      view.x += event.clientX - before.clientX;
      view.y += event.clientY - before.clientY;
      apply();
    }
  });
  for (const end of ['pointerup', 'pointercancel']) figure.addEventListener(end, (event) => fingers.delete(event.pointerId));
  const middle = (factor) => {
    const box = figure.getBoundingClientRect();
    around(factor, box.left + box.width / 2, box.top + box.height / 2);
  };
  figure.addEventListener('dblclick', () => middle(view.scale > 1 ? 1 / MAX_ZOOM : 3));
  apply();
  return { by: middle, reset: () => middle(1 / MAX_ZOOM) };
}
