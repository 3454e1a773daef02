'use strict';
/* The steps of a build in two tables: executed steps with a timeline, and cached steps. */

const data = readData();
const COUNTS = [['in', 'rows in'], ['out', 'rows out'], ['rejected', 'left out'], ['taken', 'reused']];

/** Return the bar of a step on the timeline of the build. */
function bar(step) {
  const whole = Math.max(data.seconds, 0.001);
  const text = `${step.began.toFixed(1)} to ${(step.began + step.seconds).toFixed(1)} s`;
  return svg('svg', { class: 'line', viewBox: '0 0 1000 16', preserveAspectRatio: 'none', role: 'img', 'aria-label': text, children: [
    svg('rect', { class: 'all', width: 1000, height: 16 }),
    svg('rect', { class: 'own', x: 1000 * step.began / whole, width: Math.max(1000 * step.seconds / whole, 2), height: 16 }),
  ] });
}

function number(value, digits = 0) {
  const text = value === undefined ? '' : digits ? value.toFixed(digits) : count(value);
  return element('td', { class: 'number', text: text });
}

function row(step) {
  const name = step.part === 'all' ? step.stage : `${step.stage} ${step.part}`;
  return element('tr', { children: [
    element('th', { scope: 'row', children: [nameOf(step.from ? `${name} (as built for ${step.from})` : name)] }),
    number(step.seconds, 1), ...(step.ran ? [element('td', { class: 'at', children: [bar(step)] })] : []),
    number(step.peak_mb), ...COUNTS.map(([key]) => number(step[key])),
  ] });
}

function table(steps, ran) {
  const head = ['step', 'seconds', ...(ran ? ['timeline'] : []), 'memory, MB', ...COUNTS.map(([, text]) => text)];
  return element('table', { class: 'steps', children: [
    element('thead', { children: [element('tr', { children: head.map((text, i) => element('th', { scope: 'col', class: text === 'timeline' ? 'at' : i ? 'number' : undefined, text: text })) })] }),
    element('tbody', { children: steps.map(row) }),
  ] });
}

document.getElementById('title').textContent = data.title;
document.getElementById('subtitle').textContent = data.subtitle;
for (const [id, ran] of [['ran', true], ['known', false]]) {
  const steps = data.steps.filter((step) => step.ran === ran);
  if (steps.length) document.getElementById(id).append(table(steps, ran));
  else document.getElementById(id).parentElement.remove();
}
